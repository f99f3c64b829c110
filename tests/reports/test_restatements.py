"""Reports are kept, and the next one says early what moved since."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines import ledger_rows, refreshing
from pipelines.errors import DrumbeatError
from pipelines.reports import weekly
from pipelines.settings import Run
from tests import support
from tests.reports.restated import FAILED, Story, deployments, incident, opening, told
from tests.support import at

DOCS = Path(__file__).parents[2] / "docs" / "restatements.md"
PARTS = (
    "select then_value, now_value, late_part, override_part, definition_part "
    "from marts.restatements where scope = 'service' and metric = 'change_fail_rate' "
    "and week_on = '2026-11-09'"
)
SILENT = support.Silent(is_terminal=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    return Story(folder), told(folder)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A shop whose report of week 46 is delivered."""
    found = Story(tmp_path_factory.mktemp("begun") / "shop", incidents=[incident(2, "d-46-03")])
    found.refreshed("2026-11-16 10:00", 11).reported()
    return found


def copied(story, folder):
    """The same shop, in a folder of one's own."""
    shutil.copytree(story.folder, folder / "shop", symlinks=True)
    return Story(folder / "shop", incidents=list(story.incidents))


@pytest.fixture(scope="module")
def quiet(begun, tmp_path_factory):
    """The shop a week later, of whose week 46 nothing moved; change a copy of it."""
    return copied(begun, tmp_path_factory.mktemp("quiet")).refreshed("2026-11-23 10:00", 12)


@pytest.fixture(scope="module")
def restated(begun, tmp_path_factory):
    """The shop a week later, of whose week 46 an incident came late; change a copy of it."""
    return moved(copied(begun, tmp_path_factory.mktemp("restated")))


@pytest.fixture
def story(begun, tmp_path):
    return copied(begun, tmp_path)


@pytest.fixture
def late(restated, tmp_path):
    return copied(restated, tmp_path)


def moved(story):
    """Let an incident of week 46 come late, and publish a week later."""
    story.incidents.append(incident(3, "d-46-05", 4, "2026-11-10 16:00"))
    return story.refreshed("2026-11-23 10:00", 12)


def test_a_first_report_says_nothing_of_earlier_ones(whole):
    assert whole[1].openings[0].startswith("Acme shipped 12 times in week 46")


def test_answers_of_architecture_are_held_against_the_report_before(whole):
    story, _ = whole
    first, second = (
        (story.folder / "out" / f"drumbeat-2026-W{week}.md").read_text() for week in (46, 47)
    )

    assert "| **shop**" not in first.partition("## Deployment architecture")[2]
    (line,) = [one for one in second.splitlines() if "The version before is deployed again" in one]
    assert line.startswith("| **shop** | rollback | yes (unknown in week 46) |")
    told = story.rows(
        "select cast(edition_on as text), state from facts.delivered_answers "
        "where topic = 'rollback' order by edition_on limit 2"
    )
    assert told == [("2026-11-09", "unknown"), ("2026-11-16", "yes")]


def test_an_incident_that_came_late_is_said_with_the_number_before_and_after(whole):
    assert (
        whole[1]
        .openings[1]
        .startswith("Week 46: change fail rate 8.3 % is now 17 %, one incident linked later; ")
    )


def test_a_persons_decision_is_told_apart_from_late_data(whole):
    assert (
        whole[1]
        .openings[2]
        .startswith(
            "Week 46: change fail rate 8.3 % is now 25 %, one incident linked later and by "
            "people's decisions."
        )
    )


def test_another_definition_is_told_apart_from_a_persons_decision(whole):
    assert (
        whole[1]
        .openings[3]
        .startswith(
            "Week 46: change fail rate 8.3 % is now 33 %, by other rules and by people's "
            "decisions; "
        )
    )
    ((then, now, late, override, definition),) = whole[0].rows(PARTS)
    assert late + override + definition == now - then
    assert [round(float(part), 6) for part in (late, override, definition)] == [
        0.0,
        0.083333,
        0.166667,
    ]


def test_the_page_about_restatements_shows_what_was_really_said(whole):
    text, said = DOCS.read_text(encoding="utf-8"), whole[1]
    blocks = [block.strip() for block in text.split("```")[1::2]]
    shown = [block.removeprefix("text\n") for block in blocks if block.startswith("text\n")]
    real = [*said.openings[1:], said.check, *said.definitions.split("\n\n")]

    assert shown
    assert [block for block in shown if block not in real] == []
    # None of the story is left out.
    assert [one for one in (*said.openings[1:], said.check) if one not in shown] == []


def test_html_says_it_after_the_paragraph_and_lists_every_number(late):
    page, text = weekly.write(late.project, None, late.folder / "out", ["html", "md"])
    html = page.read_text(encoding="utf-8")

    assert html.index("<h1>") < html.index('<p class="restated">Week 46: ') < html.index("<h2>")
    assert "## Restated" in text.read_text(encoding="utf-8")
    assert "| shop (service) | Change fail rate | 8.3 % |" in text.read_text(encoding="utf-8")


def test_where_nothing_moved_the_report_says_so_in_one_line(quiet, tmp_path):
    markdown = copied(quiet, tmp_path).reported()

    assert opening(markdown) == "Nothing that was reported earlier has moved by a point or more."
    assert "## Restated" not in markdown


def test_a_report_lands_each_metric_scope_and_week_of_twelve(quiet):
    rows = quiet.rows(
        "select scope, metric, count(*), min(week_on), max(week_on), bool_and(is_first) "
        "from facts.delivered_rows group by all"
    )

    assert len(rows) == 2 * 5
    assert {(count, str(first), str(last), one) for _, _, count, first, last, one in rows} == {
        (11, "2026-08-31", "2026-11-09", True)
    }


def test_a_landed_row_says_what_was_told_under_which_rules_and_when(quiet):
    (row,) = quiet.rows(
        "select value, unit, n, numerator, by_rule_value, definition, incidents, edition_on, "
        "age_weeks, as_of, delivered_at > timestamptz '2020-01-01 00:00:00Z' "
        "from facts.delivered_rows where scope = 'organisation' and week_on = '2026-11-09' "
        "and metric = 'change_fail_rate'"
    )

    assert row[:5] == (pytest.approx(1 / 12), "rate", 12, 1, pytest.approx(1 / 12))
    assert row[5].startswith("change_fail_rate@")
    assert (row[6], str(row[7]), row[8]) == ("inc-2", "2026-11-09", 0)
    assert row[9] == at("2026-11-16 10:00")
    assert row[10]


def test_the_same_report_again_lands_nothing_and_says_the_same(story):
    landed, first = story.landed, story.reported()

    assert story.landed == landed
    assert story.reported() == first


def test_the_same_edition_with_other_numbers_lands_what_moved_and_keeps_what_was_first(story):
    story.incidents.append(incident(3, "d-46-05", 4, "2026-11-10 16:00"))
    story.refreshed("2026-11-16 11:00", 11).reported()

    assert len(story.landed) == 2
    rows = story.refreshed("2026-11-16 12:00", 11).rows(
        "select delivery, is_first, round(value, 4) from facts.delivered_rows "
        "where scope = 'service' and metric = 'change_fail_rate' and week_on = '2026-11-09' "
        "order by delivery"
    )
    assert rows == [(1, True, 0.0833), (2, False, 0.1667)]
    assert [str(value) for value in story.rows(PARTS)[0][:2]] == ["0.083333333", "0.166666667"]


@pytest.mark.parametrize("asked", [{"has_as_of": True}, {"has_known_at": True}])
def test_a_run_of_another_moment_lands_nothing(story, asked):
    landed = story.landed
    story.incidents.append(incident(3, "d-46-05", 4, "2026-11-10 16:00"))
    tables = {"deployments": deployments(11), "incidents": story.incidents}
    support.write(story.folder / "files", **tables)
    moment = at("2026-11-16 10:00")
    refreshing.refresh(story.project, Run(moment, moment, **asked), SILENT)

    story.reported()

    assert story.landed == landed


def test_what_was_delivered_after_the_moment_of_a_run_is_not_known_to_it(quiet, tmp_path):
    story = copied(quiet, tmp_path)
    story.reported()

    earlier = story.refreshed("2026-11-16 10:00", 12)

    assert earlier.rows("select distinct edition_on::text from facts.delivered_rows") == [
        ("2026-11-09",)
    ]


@pytest.mark.slow
def test_a_rebuild_keeps_what_was_delivered(late):
    late.reported()
    story = late.refreshed("2026-11-30 10:00", 13)
    known = story.rows("from marts.restatements order by all")
    rows = story.rows("from facts.delivered_rows order by all")
    as_of = at("2026-11-30 10:00")

    refreshing.rebuild(story.project, Run(as_of, as_of), SILENT)

    assert known
    assert story.rows("from marts.restatements order by all") == known
    assert story.rows("from facts.delivered_rows order by all") == rows


def test_a_process_killed_between_landing_and_the_file_is_made_good_by_the_next(late, monkeypatch):
    out = late.folder / "killed"
    with monkeypatch.context() as patched:
        patched.setattr(weekly, "write_durably", killed)
        with pytest.raises(KeyboardInterrupt):
            weekly.write(late.project, None, out, ["md"])
    landed = late.landed
    assert len(landed) == 2
    assert not out.exists()

    (path,) = weekly.write(late.project, None, out, ["md"])

    assert path.exists()
    assert late.landed == landed


def killed(*_):
    raise KeyboardInterrupt


@pytest.mark.slow
def test_a_process_killed_while_landing_leaves_no_half_row(late, monkeypatch):
    with monkeypatch.context() as patched:
        # The content is written and the name is not given to it yet.
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            late.reported()
    left = list((late.folder / "data" / "landing" / "ledger" / "rows").glob(".partial-*"))
    assert len(left) == 1

    late.reported()
    rows = late.refreshed("2026-11-30 10:00", 13).rows(
        "select delivery, count(*) from facts.delivered_rows group by delivery order by delivery"
    )

    assert rows == [(1, 2 * 5 * 11), (2, 2 * 5 * 12)]
    assert not left[0].exists()


@pytest.mark.slow
def test_a_clock_that_goes_backwards_does_not_change_which_delivery_was_first(late):
    with support.published(late.project) as con:
        delivery = ledger_rows.delivery(con, at("2026-11-09 00:00").date())
    ledger_rows.land(late.project, delivery, at("2020-01-01 00:00"))

    late.refreshed("2026-11-23 11:00", 12)

    assert [round(float(value), 4) for value in late.rows(PARTS)[0][:2]] == [0.0833, 0.1667]
    assert late.rows("select count(*) from facts.delivered_rows where delivery = 2") != [(0,)]


def test_an_override_that_cancels_late_data_moves_nothing_and_both_parts_are_told(story):
    text = FAILED.replace("d-46-07", "d-46-05").replace("failed", "held").replace("-25", "-20")
    (story.folder / "overrides.yaml").write_text(text)
    moved(story)

    ((then, now, late, override, definition),) = story.rows(PARTS)
    assert (now - then, definition) == (0, 0)
    assert (round(float(late), 6), round(float(override), 6)) == (0.083333, -0.083333)


def test_a_service_that_is_told_of_no_more_is_said_to_be_gone(story):
    story.settings["services"] = [{"name": "store", "aliases": ["shop"]}]
    markdown = story.refreshed("2026-11-23 10:00", 12).reported()

    assert "| shop (service) | Change fail rate     |" in markdown
    assert "no longer told" in markdown


def test_doctor_sources_and_collection_know_nothing_of_the_ledger(quiet, tmp_path):
    story = copied(quiet, tmp_path)

    assert story.rows("select source from config.sources") == [("files",)]
    assert story.rows("select distinct source from marts.sources") == [("files",)]
    outcome = refreshing.refresh(
        story.project, Run(at("2026-11-23 10:00"), at("2026-11-23 10:00")), SILENT
    )
    assert [one.source for one in outcome.collected] == ["files"]


def test_a_ledger_that_can_not_be_written_leaves_no_report(late, monkeypatch):

    def refused(*_):
        raise PermissionError("read only")

    monkeypatch.setattr("pipelines.landing.write_durably", refused)
    with pytest.raises(DrumbeatError, match="the report is not delivered"):
        weekly.write(late.project, None, late.folder / "none", ["md"])
    assert not (late.folder / "none").exists()


def test_no_name_of_a_person_reaches_the_ledger(story):
    folder = story.folder / "data" / "landing" / "ledger"
    kept = [json.loads(text) for file in folder.glob("rows/*.parquet") for text in payloads(file)]

    assert kept
    assert {key for row in kept for key in row} == {
        "metric", "scope", "name", "week", "value", "unit", "n", "numerator", "by_rule_value",
        "at_least", "definition", "severities", "incidents", "as_of", "edition", "number",
    }  # fmt: skip


def payloads(file):
    return pl.read_parquet(file)["payload"].to_list()


@pytest.mark.slow
def test_only_the_last_twelve_weeks_are_told_and_said(story):
    story.incidents.append(incident(3, "d-46-05", 4, "2026-11-10 16:00"))
    last = at("2026-11-16 10:00") + timedelta(weeks=12)
    markdown = story.refreshed(f"{last:%Y-%m-%d %H:%M}", 23).reported()

    assert "Week 46:" not in markdown
    assert opening(markdown).startswith("Acme shipped")
