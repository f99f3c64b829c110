"""The demo has every habit that git tells of at least once, and the tables tell them apart."""

from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.habits import FIRST, MOST_FIRST
from sql.words import escape_html

ROOT = Path(__file__).parents[2]

SEEN = {
    "select distinct state from marts.architecture_migrations": {
        "risky", "compatible", "decoupled", "unwatched", "data_with_code", "unread_with_code",
    },
    "select distinct kind from facts.migrations": {"expand", "contract", "data", "unread"},
    "select distinct is_irreversible from facts.migrations": {True, False, None},
    "select distinct place from facts.topology_changes": {
        "same_change", "same_repository", "same_team", "other_team",
    },
    "select distinct is_image_only from facts.topology_changes": {True, False},
    "select distinct state from marts.architecture_drills": {
        "yes", "claimed", "stale", "no", "unknown",
    },
    "select distinct thing from marts.architecture_recovery_path": {
        "workflow", "direct_commit", "deployment_without_commit", "setting", "bypass",
        "hidden_settings",
    },
    # A setting that is traced to a reviewed change, one to none, and one of which it is not known.
    "select is_reviewed from marts.architecture_recovery_path where thing = 'setting'": {
        "yes", "no", "unknown",
    },
    # Branches that are long-lived, short-lived or none, and those that nobody reads.
    "select distinct case when open_branch_count > 0 then long_lived_commit_count > 10 end "
    "from marts.architecture_trunk": {True, False, None},
    # Tests that are fast and green, slow and red, and where nobody tells of any.
    "select case when tested_count > 0 then median_test_minutes < 10 and first_green_rate > 0.9 "
    "end from marts.architecture_trunk": {True, False, None},
    "select state from marts.architecture_questions where topic = 'in_flight'": {
        "claimed", "stale", "unknown",
    },
    "select state from marts.architecture_questions where topic = 'rollback'": {
        "yes", "no", "claimed", "unknown",
    },
    "select state from marts.architecture_questions where topic = 'friday'": {"yes", "no"},
    "select distinct is_reviewed from marts.architecture_recovery_path": {"yes", "no", "unknown"},
    "select distinct schedule from marts.architecture_schedules": {
        "actual", "on_merge", "daily", "tuesday_thursday",
    },
    "select distinct has_message_schema from facts.deployment_paths": {True, False, None},
}  # fmt: skip


def test_every_trait_and_anti_pattern_is_there_and_each_is_told_in_words_of_its_own(demo_file):
    with duckdb.connect(str(demo_file), read_only=True) as con:
        missing = con.sql(
            "select aspect, habit from seeds.architecture_habits "
            "where (aspect, habit) not in (select (aspect, habit) from marts.architecture_habits)"
        ).fetchall()
        alike = con.sql(
            "select aspect, says from seeds.architecture_habits group by all having count(*) > 1"
        ).fetchall()

    assert (missing, alike) == ([], [])


def test_the_page_tells_each_of_them_apart(demo_pages, demo_file, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(demo_pages))
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()
    app.switch_page("views/architecture.py").run()
    shown = "".join(one.value for one in app.markdown)
    with duckdb.connect(str(demo_file), read_only=True) as con:
        words = con.sql("select aspect, says from seeds.architecture_habits").fetchall()

    assert not app.exception
    assert [one for one in words if not all(escape_html(text) in shown for text in one)] == []
    # What is worth a look first comes before all else, no more than eight of it.
    first = next(one.value for one in app.markdown if '<table class="t blocks first">' in one.value)
    assert first.count("<tr><td") == MOST_FIRST
    assert FIRST["Rolled back now", "project"] in first
    assert shown.index(first) < shown.index("Seven questions, every service")


def test_what_is_worth_a_look_is_part_of_the_vocabulary(demo_file):
    with duckdb.connect(str(demo_file), read_only=True) as con:
        known = con.sql("select aspect, habit from seeds.architecture_habits").fetchall()

    assert set(FIRST) <= set(known)


@pytest.mark.parametrize(("query", "wanted"), SEEN.items(), ids=list(SEEN))
def test_every_habit_is_there(demo_file, query, wanted):
    with duckdb.connect(str(demo_file), read_only=True) as con:
        found = {value for (value,) in con.sql(query).fetchall()}

    assert wanted <= found
