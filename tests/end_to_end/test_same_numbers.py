"""One number is the same on a page, on the command line, in the report and counted by hand."""

import json
import random
from datetime import date

import pytest
import streamlit as st

from dashboard import data, heads
from dashboard.filters import Choices
from dashboard.frame import Frame
from dashboard.questions import measured, runs
from sql import words
from tests.end_to_end.conftest import run
from tests.reference.uncertainty import kaplan_meier

SAMPLE = 100
HAND = {
    "deployment_frequency": "select count(*), count(*) from mine",
    "change_fail_rate": "select avg(cast(is_failed as integer)), count(*) from mine",
    "rework_rate": "select avg(cast(is_rework as integer)), count(*) from mine",
    "change_lead_time": (
        "select quantile_cont(lead_seconds / 3600.0, 0.5), count(lead_seconds)"
        " from facts.deployment_changes inner join members using (service)"
        " where finished_on >= $since and finished_on < $until"
        " and not is_before_history and not coalesce(is_bot, false)"
    ),
}
MINE = (
    "with members as (select service from facts.services where $scope = 'organisation'"
    " or $scope = 'team' and team = $name or $scope = 'service' and service = $name),"
    " mine as (select rollouts.* from facts.rollouts as rollouts inner join members using (service)"
    " where finished_on >= $since and finished_on < $until) "
)
SPELLS = (
    "select (epoch(coalesce(recovered_at, as_of)) - epoch(recovery_began_at)) / 3600.0,"
    " recovered_at is not null from mine cross join config.run where is_failed"
)


@pytest.fixture
def con(demo_pages, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(demo_pages))
    # The file can't be opened beside the pages' own connection but in their way.
    _, con = data.cursor()
    with con:
        yield con


@pytest.fixture
def page(con):
    def of(scope, name, by="month"):
        choices = Choices(
            team=name if scope == "team" else "",
            service=name if scope == "service" else "",
            period=by,
            months=18,
        )
        return Frame(runs.run(), st.empty(), choices)

    return of


def told(demo, *words):
    """Return the command line's rows by scope, name, metric and month."""
    answer = run("metrics", "--data-dir", str(demo), "--json", *words)
    assert answer.returncode == 0, answer.stderr
    return {
        (row["scope"], row["name"], row["metric"], row.get("period")): row
        for row in json.loads(answer.stdout)["rows"]
    }


def by_hand(con, scope, name, metric, since, until):
    """Count one number from facts alone."""
    asked = {"scope": scope, "name": name, "since": since, "until": until}
    if metric == "recovery_time":
        spells = con.sql(MINE + SPELLS, params=asked).fetchall()
        return (kaplan_meier(spells)[0] if spells else None), len(spells)
    ((value, count),) = con.sql(MINE + HAND[metric], params=asked).fetchall()
    if metric == "deployment_frequency":
        value = count * 7 / (until - since).days
    return value, count


def test_a_hundred_numbers_are_the_same_on_page_command_line_and_by_hand(demo, con, page):
    found = told(demo, "--by", "month", "--since", "2026-01-01", "--until", "2026-11-01")
    sample = random.Random(8).sample(sorted(found, key=str), SAMPLE)

    for scope, name, metric, month in sample:
        cli = found[scope, name, metric, month]
        since = date.fromisoformat(f"{month}-01" if len(month) == 7 else month)
        until = date(since.year, since.month + 1, 1)
        rows = measured.metrics(scope, name, page(scope, name).since, "month")[metric]
        drawn = rows.filter(starts_on=since).to_dicts()

        value, count = by_hand(con, scope, name, metric, since, until)
        where = (scope, name, metric, month)
        assert cli["n"] == count, where
        assert cli["value"] == pytest.approx(value), where
        # Before it first deployed, a page shows nothing.
        assert drawn or not count, where
        for shown in drawn:
            assert (shown["n"], shown["value"]) == (count, pytest.approx(value)), where


@pytest.mark.parametrize(
    ("scope", "name"), [("organisation", ""), ("team", "Payments"), ("service", "checkout")]
)
def test_the_report_says_what_the_page_says(demo, con, page, tmp_path, scope, name):
    chosen = [] if scope == "organisation" else [f"--{scope}", name]
    answer = run(
        "report", "--data-dir", str(demo), "--out", str(tmp_path), "--format", "json", *chosen
    )
    assert answer.returncode == 0, answer.stderr
    (file,) = tmp_path.rglob("*.json")
    name = name or "organisation"
    frame = page(scope, name, by="week")
    metrics = measured.metrics(scope, name, frame.since, "week")

    for row in json.loads(file.read_text())["metrics"]:
        shown = heads.last_whole(metrics[row["metric"]])
        since, until = shown["starts_on"], shown["ends_on"]
        value, count = by_hand(con, scope, name, row["metric"], since, until)
        assert (row["n"], shown["n"], str(since)) == (count, count, row["starts_on"])
        assert row["value"] == pytest.approx(value)
        assert shown["value"] == pytest.approx(value)
        head = heads.head(row["metric"], metrics[row["metric"]], frame)
        assert (
            head.value
            == {
                "per week": (str(row["n"]), ""),
                "hours": words.duration_parts(row["value"]),
                "rate": words.rate_parts(row["value"]),
            }[row["unit"]][0]
        )
