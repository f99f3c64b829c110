"""What Prometheus gets: every published number of the last finished week, and nothing more."""

import math
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from pipelines import publishing
from pipelines.receiving.exposition import Family, family, text
from pipelines.receiving.gauges import gauges
from tests.support import at, project, published, refresh, rows, write

AS_OF = at("2026-03-20 12:00")
ODD = 'pay"ments\\n {x="1"}'
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)')
LINE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
PERSONS = ("author-one", "reviewer-two", "A title that tells", "1.2.3-secret", "abcabcabc")


def parsed(content):
    """Read the exposition format as its description has it."""
    found = {}
    for line in content.decode().splitlines():
        if line.startswith("#"):
            assert re.match(r"# (HELP|TYPE) [a-zA-Z_:][\w:]* \S", line)
            continue
        name, labels, value = LINE.fullmatch(line).groups()
        assert LABEL.sub("", labels or "") == ""
        plain = {
            key: re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), told)
            for key, told in LABEL.findall(labels or "")
        }
        key = (name, *sorted(plain.items()))
        assert key not in found
        found[key] = float(value)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gauges")
    days = range(1, 40)
    write(
        folder / "files",
        deployments=[
            {"deployment_id": f"{name}-{day}", "service": name, "author": "author-one",
             "version": "1.2.3-secret", "sha": "abcabcabc",
             "finished_at": AS_OF - timedelta(days=day)}
            for name in ("checkout", ODD) for day in days
        ],
        changes=[
            {"change_id": f"c{day}", "service": "checkout", "author": "author-one",
             "title": "A title that tells", "reviewer": "reviewer-two",
             "first_commit_at": AS_OF - timedelta(days=day, hours=9),
             "merged_at": AS_OF - timedelta(days=day, hours=3),
             "deployment_id": f"checkout-{day}"}
            for day in days
        ],
        incidents=[{"incident_id": "i1", "service": "checkout", "deployment_id": "checkout-8",
                    "started_at": AS_OF - timedelta(days=8) + timedelta(minutes=5)}],
    )  # fmt: skip
    made = project(
        folder, services=[{"name": "checkout", "team": "shops"}, {"name": ODD, "team": "shops"}]
    )
    refresh(made, AS_OF)
    return made


@pytest.fixture(scope="module")
def content(found):
    return gauges(publishing.current(found.serving))


@pytest.fixture(scope="module")
def samples(content):
    return parsed(content)


def whose(scope, name):
    return {"scope": scope, **({scope: name} if scope != "organisation" else {})}


def test_every_number_of_the_last_finished_week_is_there(found, samples):
    with published(found) as con:
        expected = rows(
            con,
            "select scope, name, metric, unit, value, n, definition from marts.metrics "
            "where period = 'week' and starts_on = date '2026-03-09'",
        )
    assert len(expected) == 5 * 4
    for scope, name, metric, unit, value, n, definition in expected:
        labels = {**whose(scope, name), "metric": metric, "unit": unit}
        key = tuple(sorted(labels.items()))
        assert samples.pop(("drumbeat_metric_value", *key), None) == value
        assert samples.pop(("drumbeat_metric_n", *key)) == n
        info = tuple(sorted({**labels, "definition": definition}.items()))
        assert samples.pop(("drumbeat_metric_info", *info)) == 1
    left = {name for name, *_ in samples}
    assert left.isdisjoint({"drumbeat_metric_value", "drumbeat_metric_n", "drumbeat_metric_info"})


def test_how_fresh_the_data_and_each_source_are(content):
    samples = parsed(content)
    source = (("kind", "files"), ("source", "files"))

    newest = (AS_OF - timedelta(days=1)).timestamp()
    assert samples[("drumbeat_as_of_timestamp_seconds",)] == AS_OF.timestamp()
    assert samples[("drumbeat_last_deployment_timestamp_seconds",)] == newest
    assert samples[("drumbeat_source_event_timestamp_seconds", *source)] == newest
    fetched = samples[("drumbeat_source_fetched_timestamp_seconds", *source)]
    made = samples[("drumbeat_published_timestamp_seconds",)]
    assert 0 <= made - fetched < 600
    assert abs(made - datetime.now(UTC).timestamp()) < 600


def test_no_person_version_or_title_is_in_it(content):
    assert [word for word in PERSONS if word in content.decode()] == []
    assert {
        label for line in content.decode().splitlines() for label, _ in LABEL.findall(line)
    } <= {"scope", "service", "team", "metric", "unit", "definition", "source", "kind", "x"}


@pytest.mark.skipif(not shutil.which("promtool"), reason="Debian's prometheus has it")
def test_promtool_finds_nothing_wrong(content):
    made = subprocess.run(["promtool", "check", "metrics"], input=content, capture_output=True)

    assert (made.returncode, made.stderr) == (0, b"")


@pytest.mark.parametrize("odd", ['"', "\\", "\n", '\\"', "\\n", "}", ",", "ä", 'a",b="c'])
def test_labels_of_any_text_are_read_as_they_were(odd):
    made = text([family("some_name", f"help {odd}", [({"service": odd}, 1)])])

    assert parsed(made) == {("some_name", ("service", odd)): 1}


def test_what_is_not_known_is_left_out():
    assert text([family("some_name", "help", [({}, None)])]) == b""
    assert text([Family("some_name", "help", ())]) == b""
    assert math.isclose(parsed(text([family("x", "help", [({}, 1 / 3)])]))[("x",)], 1 / 3)
