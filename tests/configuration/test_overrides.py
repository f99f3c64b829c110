"""Overrides are read with all that is wrong with them: line, entry and remedy."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.configuration import ConfigurationError, dump, load, parse
from pipelines.configuration.overruling import parse as overrides

GOOD = "- incident: i1\n  link: d1\n  reason: Seen.\n  on: 2026-03-02\n"
DEMO = "sources: [{kind: demo}]\n"


def wrong(text):
    with pytest.raises(ConfigurationError) as caught:
        overrides(text, "overrides.yaml")
    return str(caught.value).splitlines()


def test_an_entry_says_what_it_does_to_what():
    text = GOOD + "- {deployment: d2, mark: held, reason: A drill., on: 2026-03-03}\n"

    found = [(one.does, one.incident, one.blamed, one.on) for one in overrides(text, "x")]

    assert found == [
        ("link", "i1", "d1", date(2026, 3, 2)),
        ("held", None, "d2", date(2026, 3, 3)),
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]\n"])
def test_an_empty_file_overrules_nothing(text):
    assert overrides(text, "overrides.yaml") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("incident: i1\n", ":1: holds a mapping, must be a list of entries"),
        ("- i1\n", ":1: [0]: is 'i1', must be a mapping"),
        (GOOD.replace("  reason: Seen.\n", ""), ":1: [0].reason: is missing, must be a line that"),
        (GOOD.replace("2026-03-02", "monday"), ":4: [0].on: is 'monday', must be the day on which"),
        (GOOD.replace("d1", "17"), ":2: [0].link: is 17, must be an id, as `drumbeat explain`"),
        (GOOD.replace("link", "blame"), ":2: [0].blame: is not a known key; known here are incid"),
        (GOOD + "  mark: held\n", ":1: [0]: says neither or more than one, must be `incident`"),
        (GOOD.replace("  link: d1\n", ""), ":1: [0]: says neither or more than one, must be"),
        (
            "- {deployment: d1, mark: bad, reason: x, on: 2026-03-02}\n",
            ":1: [0].mark: is 'bad', must be one of failed, held",
        ),
        (
            GOOD + GOOD.replace("link", "unlink"),
            ":5: [1]: is about the same as line 1, must be said once: take one of the two away",
        ),
        ("- incident: [\n", ":2: is not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_line_entry_and_remedy(text, said):
    assert wrong(text)[0].startswith(f"overrides.yaml{said}")


def test_a_number_is_told_to_be_put_in_quotes():
    assert wrong(GOOD.replace("i1", "4711"))[0].endswith(": put it in quotes, '4711'")


def test_several_marks_of_one_deployment_contradict_each_other():
    one = "- {deployment: d1, mark: failed, reason: x, on: 2026-03-02}\n"

    assert len(wrong(one + one.replace("failed", "held"))) == 1


def test_the_file_beside_the_configuration_is_read_where_there_is_one(tmp_path):
    (tmp_path / "drumbeat.yaml").write_text(DEMO)
    assert load(tmp_path / "drumbeat.yaml").overruled == ()

    (tmp_path / "overrides.yaml").write_text(GOOD)
    assert [one.blamed for one in load(tmp_path / "drumbeat.yaml").overruled] == ["d1"]


def test_another_file_can_be_named_and_must_then_be_there(tmp_path):
    text = f"{DEMO}overrides: told/mine.yaml\n"
    with pytest.raises(
        ConfigurationError, match=r"mine\.yaml: can not be read: .*mend `overrides`"
    ):
        parse(text, tmp_path / "drumbeat.yaml")

    (tmp_path / "told").mkdir()
    (tmp_path / "told" / "mine.yaml").write_text(GOOD)
    assert len(parse(text, tmp_path / "drumbeat.yaml").overruled) == 1


def test_the_kept_configuration_finds_the_overrides_from_elsewhere(tmp_path):
    (tmp_path / "overrides.yaml").write_text(GOOD)
    found = parse(DEMO, tmp_path / "drumbeat.yaml")

    elsewhere = parse(dump(found, tmp_path / "data"), tmp_path / "data" / "drumbeat.yaml")
    assert elsewhere.overruled == found.overruled
    # Beside it they need no name, so that taking the file away is no mistake.
    assert "overrides:" not in dump(found, tmp_path)


def test_without_overrides_nothing_is_kept_of_them(tmp_path):
    assert "overrides:" not in dump(parse(DEMO, Path(tmp_path, "drumbeat.yaml")))
