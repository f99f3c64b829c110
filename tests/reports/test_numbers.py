"""The report's numbers are those of the marts and of `drumbeat metrics --json`."""

import json
import os
import random

import pytest

from pipelines import publishing, windows
from pipelines.reports import html, markdown, metrics, numbers, weekly
from pipelines.reports.reading import WHOLE, Scope
from sql.names import WINDOWS
from tests.reports.telling import published

SCOPES = (WHOLE, Scope("team", "Readers"), Scope("service", "shop"), Scope("service", "books"))
# Weeks before a metric has its window, with and without the second service, and the last.
WEEKS = range(38, 48) if os.environ.get("DRUMBEAT_TEST_ALL") else (38, 41, 43, 45, 47)
COMBINATIONS = [(scope, week, metric) for scope in SCOPES for week in WEEKS for metric in WINDOWS]
SAMPLED = random.Random(8).sample(COMBINATIONS, 100)
COMPARED = ("value", "n", "p75", "p90", "definition", "is_too_few", "at_least", "open", "unit")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    services = [{"name": "shop", "team": "Shops"}, {"name": "books", "team": "Readers"}]
    return published(tmp_path_factory.mktemp("acme"), services=services)


@pytest.fixture(scope="module")
def told(project):
    """Every week's reports, by week and scope."""
    days = {week: windows.parse_week(f"2026-W{week}") for week in WEEKS}
    return {week: weekly.read(project.serving, day, SCOPES)[0] for week, day in days.items()}


@pytest.fixture(scope="module")
def asked(project):
    """Rows of `drumbeat metrics --json`, by scope, metric and window; each asked for once."""
    file = publishing.current(project.serving)
    with windows.published(file) as con:
        answers = {}

        def rows(since, until):
            if (since, until) not in answers:
                chosen = windows.window(con, since, until)
                found = windows.as_json(chosen, windows.metrics(con, chosen), by="window")["rows"]
                answers[since, until] = {(r["scope"], r["name"], r["metric"]): r for r in found}
            return answers[since, until]

        yield rows


def test_combinations_of_scope_week_and_metric_are_what_metrics_prints(told, asked):
    for scope, week, metric in SAMPLED:
        report = told[week][scope]
        (row,) = [one for one in report.data["metrics"] if one["metric"] == metric]
        if row.get("starts_on") is None:
            # So early that the window would begin before the history.
            continue
        printed = asked(row["starts_on"], row["ends_on"])[scope.kind, scope.name, metric]

        for name in COMPARED:
            assert row.get(name) == printed.get(name), (scope, week, metric, name)
        if metric != "deployment_frequency":
            assert (row["low"], row["high"]) == (printed["low"], printed["high"])


def test_the_words_in_every_form_are_made_from_the_same_numbers(told):
    for scope, week, metric in SAMPLED[:30]:
        report = told[week][scope]
        (row,) = [one for one in report.data["metrics"] if one["metric"] == metric]
        if row.get("starts_on") is None:
            continue
        said = metrics.said(metric, {**row, "at_least": row.get("at_least")})

        (table,) = [one for one in report.tables if one.key == "metrics"]
        cells = dict(zip(WINDOWS, table.rows, strict=True))[metric]
        assert cells[1].text == said
        assert markdown.escape(said) in markdown.render(report)
        assert f"<bdi>{said}</bdi>" in html.render(report)


def test_the_numbers_are_json_without_what_json_does_not_have(told):
    for reports in told.values():
        for report in reports.values():
            found = json.loads(numbers.render(report), parse_constant=pytest.fail)
            assert found["type"] == "drumbeat.report"
            assert found["said"]["paragraph"]


def test_each_scope_tells_of_its_own_services_alone(told):
    whole, team, shop, books = (told[47][scope].data for scope in SCOPES)

    assert {row["service"] for row in whole["services"]} == {"shop", "books"}
    assert {row["service"] for row in team["services"]} == {"books"}
    assert [row["service"] for row in shop["failures"]] == ["shop"]
    assert (team["failures"], books["failures"]) == ([], [])
    assert [row["service"] for row in books["waits"]] == ["books"]
    assert shop["waits"] == []
    trends = {(row["scope"], row["name"]) for row in team["trends"]}
    assert trends <= {("team", "Readers"), ("service", "books")}
