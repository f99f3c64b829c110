"""What another configuration would move, before it is in force."""

import json

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from pipelines import checking, differing
from pipelines.command_line import drumbeat
from pipelines.configuration import ConfigurationError
from pipelines.errors import DrumbeatError
from tests import support
from tests.reports.restated import Story, incident, opening
from tests.support import at

SILENT = support.Silent(is_terminal=False)
AS_OF = at("2026-11-23 10:00")


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A shop in which one incident is linked by time alone, and published."""
    found = Story(tmp_path_factory.mktemp("shop"))
    by_time = {**incident(1, "", 1, "2026-11-12 23:00"), "deployment_id": None}
    found.incidents = [by_time, incident(2, "d-46-03")]
    return found.refreshed("2026-11-23 10:00", 12)


def check(story, text, name="new.yaml"):
    """Check what a configuration would move."""
    new = story.folder / name
    new.write_text(text if isinstance(text, str) else yaml.safe_dump(text))
    found, is_whole = differing.proposed(new, story.project.configuration)
    return checking.check(story.project, found, SILENT, wait=True), found, is_whole


@pytest.fixture(scope="module")
def held(story):
    """Return what there was before and after a check, though its files told less, and its answer.

    It takes links for failures that we are less sure of.
    """
    before, incidents = there(story), story.folder / "files" / "incidents.ndjson"
    text = incidents.read_text()
    incidents.unlink()
    made = check(story, {"definitions": {"minimum_confidence": 0.25}})
    incidents.write_text(text)
    return before, there(story), made


@pytest.fixture(scope="module")
def quarter(held):
    return held[2]


def there(story):
    """Return what is landed, published and kept."""
    kept = story.project.data_dir / "drumbeat.yaml"
    landed = [file.path for file in story.project.landing.files()]
    return landed, story.published, story.published.read_bytes(), kept.read_text()


def test_a_changed_rule_is_told_with_the_numbers_that_it_moves_before_and_after(quarter):
    told, _, is_whole = quarter

    assert not is_whole
    (moved,) = [
        one for one in told.moved if (one.metric, one.scope) == ("change_fail_rate", "service")
    ]
    assert (moved.span, moved.name, moved.unit) == ("twelve_weeks", "shop", "rate")
    assert moved.before["value"] == pytest.approx(1 / 144)
    assert moved.after["value"] == pytest.approx(2 / 144)
    assert moved.before["definition"] != moved.after["definition"]
    assert moved.why == ("minimum_confidence 0.45 -> 0.25",)


def test_before_is_what_is_published(story, quarter):
    told, _, _ = quarter
    published = {
        (scope, name, metric): value
        for scope, name, metric, value in story.rows(
            "select scope, name, metric, value from marts.metrics "
            "where period = 'twelve_weeks' and ends_on = '2026-11-23'"
        )
    }
    rates = [one for one in told.moved if one.metric == "change_fail_rate"]

    assert rates
    for one in rates:
        assert published[one.scope, one.name, one.metric] == one.before["value"]


def test_the_biggest_movement_comes_first(quarter):
    told, _, _ = quarter

    points = [one.points for one in told.moved]
    assert len(points) > 1
    assert points == sorted(points, reverse=True)


def test_nothing_is_published_collected_or_kept(story, held):
    before, after, _ = held

    assert after == before
    assert list(story.project.data_dir.glob(".as-it-was-known-*")) == []


def test_the_configuration_in_force_moves_nothing(story):
    told, _, _ = check(story, (story.project.data_dir / "drumbeat.yaml").read_text())

    assert (told.differences, told.moved) == ([], [])
    assert told.as_text() == "It is the configuration in force: nothing moves."


@pytest.mark.slow
def test_a_rule_that_moves_no_number_says_so(story):
    told, _, _ = check(
        story, {"definitions": {"minimum_confidence": 0.45, "flag_window_minutes": 61}}
    )

    assert told.as_text() == (
        "Differs in: flag_window_minutes 60 -> 61.\nNo number of the last 12 whole weeks moves."
    )


def test_a_services_own_rule_is_no_reason_for_another_service(story):
    new = {
        "definitions": {"minimum_confidence": 0.45},
        "services": [{"name": "shop", "definitions": {"minimum_confidence": 0.25}}],
    }
    told, _, _ = check(story, new)

    assert [one.as_text() for one in told.differences] == ["shop: minimum_confidence 0.45 -> 0.25"]
    assert told.moved
    (one,) = told.differences
    assert one.touches("change_fail_rate", "service", "shop")
    assert one.touches("change_fail_rate", "team", "web")
    assert not one.touches("change_fail_rate", "service", "till")
    assert not one.touches("deployment_frequency", "service", "shop")


def test_a_new_team_moves_from_nothing_to_something(story):
    new = {"services": [{"name": "shop", "team": "web"}]}
    told, _, _ = check(story, new)

    assert [one.as_text() for one in told.differences] == ["services"]
    assert {(one.scope, one.name) for one in told.moved} == {("team", "web")}
    frequency = next(one for one in told.moved if one.metric == "deployment_frequency")
    assert (frequency.before["value"], frequency.after["value"]) == (None, 12.0)
    assert "team" not in told.as_text().splitlines()[0]


@pytest.mark.slow
def test_a_source_that_is_not_in_it_is_ignored_and_said(story):
    other = [{"kind": "files", "name": "other", "path": "elsewhere"}]
    told, found, is_whole = check(story, {"sources": other})

    assert is_whole
    assert list(checking.ignored(story.project, found)) == [
        "source files is not in it, so what it told is ignored",
        "source other is new, nothing of it is collected yet",
    ]
    whole = [one for one in told.moved if one.scope == "organisation"]
    assert {one.after["value"] for one in whole} == {None}
    assert all("sources" in one.why for one in whole)


@pytest.mark.slow
def test_people_go_on_overruling_where_the_other_file_names_no_overrides(tmp_path):
    story = Story(tmp_path, incidents=[incident(2, "d-46-03")])
    text = "- {deployment: d-46-03, mark: held, reason: No., on: 2026-11-16}\n"
    (tmp_path / "overrides.yaml").write_text(text)
    story.refreshed("2026-11-23 10:00", 12)
    kept = yaml.safe_load((story.project.data_dir / "drumbeat.yaml").read_text())
    kept.pop("overrides")
    (tmp_path / "elsewhere").mkdir()

    told, _, _ = check(story, kept, "elsewhere/new.yaml")

    assert told.differences == []


def test_unknown_keys_are_refused_with_their_line(story):
    with pytest.raises(ConfigurationError, match=r"new.yaml:2: definition"):
        check(story, "bots: [robot]\ndefinition:\n  regions: each\n")
    with pytest.raises(ConfigurationError, match="is empty"):
        check(story, "")


def test_before_anything_is_published_there_is_nothing_to_hold_it_against(tmp_path):
    with pytest.raises(DrumbeatError, match="nothing is published yet"):
        check(Story(tmp_path), {"bots": ["robot"]})


def test_what_an_earlier_release_published_has_to_be_made_again(tmp_path):
    story = Story(tmp_path).refreshed("2026-11-23 10:00", 12)
    with duckdb.connect(str(story.published)) as con:
        con.execute("alter table config.run drop column has_known_at")

    with pytest.raises(DrumbeatError, match="`drumbeat rebuild` makes it again"):
        check(story, {"bots": ["robot"]})
    landed = story.landed
    assert opening(story.reported()).startswith("Acme shipped")
    assert story.landed == landed


def run(story, *words):
    return CliRunner().invoke(drumbeat, [*words, "--data-dir", str(story.project.data_dir)])


def test_the_command_prints_json_and_says_on_the_side_what_it_took_from_where(story):
    new = story.folder / "new.yaml"
    new.write_text("definitions:\n  minimum_confidence: 0.25\n")

    answer = run(story, "check", "--diff", str(new), "--json")

    assert answer.exit_code == 0, answer.output
    assert "names no sources: all that it leaves out stays as it is." in answer.stderr
    found = json.loads(answer.stdout)
    assert found["as_of"] == "2026-11-23T10:00:00+00:00"
    assert found["settings"] == [
        {"key": "minimum_confidence", "service": "", "before": 0.45, "after": 0.25}
    ]
    row = next(row for row in found["rows"] if row["metric"] == "change_fail_rate")
    assert (row["since"], row["until"]) == (
        "2026-08-31T00:00:00+00:00",
        "2026-11-23T00:00:00+00:00",
    )
    assert row["settings"] == ["minimum_confidence 0.45 -> 0.25"]
    assert row["before"]["n"] == row["after"]["n"] == 144


def test_alone_the_command_checks_the_configuration(story):
    answer = run(story, "check")

    assert answer.stdout == "The configuration is valid: 1 source, 1 service.\n"
    assert run(story, "check", "--json").exit_code == 2


def test_the_definitions_command_says_what_is_not_in_force_yet(story, tmp_path):
    kept = yaml.safe_load((story.project.data_dir / "drumbeat.yaml").read_text())
    kept["definitions"]["clock"] = "working"
    edited = tmp_path / "drumbeat.yaml"
    edited.write_text(yaml.safe_dump(kept))

    answer = run(story, "definitions", "--config", str(edited), "--json")

    assert answer.exit_code == 0, answer.output
    assert "What is published was counted by other rules" in answer.stderr
    clock = [rule for rule in json.loads(answer.stdout)["rules"] if rule["rule"] == "clock"]
    assert clock[0]["value"] == "working"
    assert "counted by other rules" not in run(story, "definitions").stderr
