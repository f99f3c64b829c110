"""What has to be known when reading a number, in words beside it."""

import json
from datetime import timedelta

import pytest

import sql
from pipelines import printing, windows
from tests.support import Stories, at, rows

AS_OF = at("2026-03-30 12:00")
MONDAY = at("2026-01-05 10:00")
DAILY = [MONDAY + timedelta(days=day) for day in range(84)]
TWELVE = "period = 'twelve_weeks' and ends_on = '2026-03-30'"


def deployments(times):
    return [{"finished_at": one, "version": str(one)} for one in times]


def changes(times):
    return [{"opened_at": one - timedelta(minutes=5), "merged_at": one - timedelta(minutes=4)}
            for one in times]  # fmt: skip


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    stories = Stories(AS_OF)
    before = MONDAY - timedelta(days=7)
    stories.service(
        "often", settings={"team": "mixed"},
        deployments=deployments([before, *DAILY]), changes=changes([before, *DAILY]),
    )  # fmt: skip
    # A tenth of 84 is 8.4: with 9 it is alike, with 8 it is not.
    stories.service("alike", settings={"team": "even"}, deployments=deployments(DAILY[::10]))
    stories.service("even", settings={"team": "even"}, deployments=deployments(DAILY))
    stories.service("rarely", settings={"team": "mixed"}, deployments=deployments(DAILY[::11]))
    stories.service(
        "grown", deployments=deployments(DAILY[31::5]), changes=changes(DAILY[31::5]),
        incidents=[{"started_at": DAILY[61], "resolved_at": DAILY[62]}],
    )  # fmt: skip
    # Four deployments, the first of which brought the history; two of the others bring a change.
    stories.service("hollow", deployments=deployments(DAILY[:4]), changes=changes(DAILY[1:3]))
    stories.service("emptier", deployments=deployments(DAILY[:4]), changes=changes(DAILY[2:3]))
    batches = [MONDAY, MONDAY + timedelta(minutes=10), MONDAY + timedelta(minutes=20, seconds=1)]
    stories.service(
        "batches", deployments=deployments([before, *batches]), changes=changes([before, *batches])
    )
    stories.service(
        "graded", deployments=deployments(DAILY[70:71]),
        incidents=[{"started_at": DAILY[70] + timedelta(minutes=5), "severity": "sev= 1"}],
    )  # fmt: skip
    with stories.build(tmp_path_factory.mktemp("warnings")) as found:
        yield found


def said(con, name, kind, metric="change_fail_rate", where=TWELVE):
    query = (
        "select words from marts.warnings inner join marts.metrics "
        "using (metric, scope, name, period, starts_on) "
        f"where name = $1 and kind = $2 and metric = $3 and {where}"
    )
    return [words for (words,) in rows(con, query, name, kind, metric)]


def test_services_are_unlike_when_one_deploys_more_than_ten_times_as_often(con):
    assert said(con, "mixed", "unlike services") == [
        "unlike services side by side: often deployed 84 times, rarely 8"
    ]
    assert said(con, "even", "unlike services") == []
    assert said(con, "often", "unlike services") == []


def test_a_week_is_too_short_to_call_services_unlike(con):
    query = "select distinct period from marts.warnings where kind = 'unlike services'"
    assert {period for (period,) in rows(con, query)} == {"four_weeks", "month", "twelve_weeks"}


def test_a_service_that_began_inside_the_window_is_told_by_its_day(con):
    assert said(con, "grown", "new service") == ["first known on 2026-02-05, inside the window"]
    assert said(con, "often", "new service") == []
    # With the first by name, the others are a number.
    assert said(con, "organisation", "new service") == [
        "graded is first known on 2026-02-05, inside the window; and 1 more"
    ]


def test_a_source_of_incidents_that_began_inside_the_window_is_told_for_failures_alone(con):
    words = ["files tells of incidents since 2026-03-07, inside the window"]

    for metric in ("change_fail_rate", "recovery_time", "rework_rate"):
        assert said(con, "grown", "new source", metric) == words
    for metric in ("deployment_frequency", "change_lead_time"):
        assert said(con, "grown", "new source", metric) == []


def test_deployments_without_a_change_are_told_above_a_third(con):
    assert said(con, "emptier", "zero-change deployments") == [
        "2 of 4 deployments carried no change"
    ]
    assert said(con, "hollow", "zero-change deployments") == []


def test_where_no_changes_are_known_nothing_is_said_of_them(con):
    assert said(con, "even", "zero-change deployments") == []


def test_deployments_within_ten_minutes_may_be_one_batch(con):
    assert said(con, "batches", "split batches", where="period = 'week'") == [
        "1 of 3 deployments followed another within 10 minutes: one batch in parts?"
    ]
    assert said(con, "often", "split batches") == []


def replaced(con, mart, **tables):
    """Return the query of a mart over tables of a test's own."""
    for name, rows_of in tables.items():
        con.execute(f"create or replace temp table {name} as {rows_of}")
    names = {f"{layer}__{name}": name for layer in ("facts", "marts") for name in tables}
    return sql.over(sql.model(mart), **names)


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ("2026-01-05 00:00", 0),
        ("2026-01-06 12:00", 5),
        ("2026-03-29 23:00", 5),
        ("2026-03-30 00:00", 0),
    ],
)
def test_a_definition_changed_inside_the_window_is_told_on_its_metric(con, since, found):
    changed = (
        "select 1 as entry, 'change_fail_rate' as metric, '' as service, 'new' as definition, "
        f"'old' as replaced, '' as settings, timestamptz '{since}+00' as since_at"
    )
    query = replaced(con, "marts.coverage_changes", definition_changes=changed)
    kept = (
        "kind = 'changed definition' and scope = 'service' and period = 'twelve_weeks' "
        "and starts_on = '2026-01-05' and name in ('often', 'even', 'alike', 'rarely', 'hollow')"
    )
    told = rows(con, f"select metric, words from ({query}) where {kept}")

    assert len(told) == found
    day = since.split()[0]
    assert set(told) <= {
        ("change_fail_rate", f"counted by other rules before {day}, inside the window")
    }


def test_an_incident_that_was_unlinked_after_the_report_is_told(con):
    relinked = (
        "select 'change_fail_rate' as metric, 'service' as scope, 'grown' as name, "
        "date '2026-03-02' as week_on, unnest(['i1', 'i2', 'i3']) as incident_id, "
        "unnest([false, false, true]) as is_linked_later"
    )
    query = replaced(con, "marts.later_decisions", relinked_incidents=relinked)
    told = rows(con, f"select kind, words from ({query}) where period = 'week'")

    assert told == [
        ("unlinked later", "i1 and 1 more stood behind it when it was reported, and no more since")
    ]


def lowered(con, now, *told):
    """Tell what a report said of incidents, and what they are called now."""
    delivered = (
        "select date '2026-03-02' as edition_on, date '2026-03-02' as week_on, true as is_first, "
        "'change_fail_rate' as metric, 'service' as scope, 'grown' as name, "
        f"'{';'.join(told)}' as severities"
    )
    ids, words = zip(*now.items(), strict=True)
    incidents = f"select unnest({list(ids)}) as incident_id, unnest({list(words)}) as severity"
    return replaced(con, "marts.lowered_severities", delivered_rows=delivered, incidents=incidents)


@pytest.mark.parametrize(
    ("then", "now", "is_lowered"),
    [
        ("sev1", "sev2", True),
        ("sev2", "SEV2", False),
        ("sev2", "sev1", False),
        ("P1", "sev4", True),
        ("critical", "minor", True),
        ("minor", "critical", False),
        ("1 - High", "3 - Low", True),
        ("red", "blue", True),
        ("red", "", True),
        ("a=b", "a=b", False),
    ],
)
def test_a_severity_is_lowered_by_its_number_else_by_its_word(con, then, now, is_lowered):
    told = f"i=1={then.replace('=', ':')}"
    query = lowered(con, {"i=1": now}, told)
    found = rows(con, f"select incident_id, then_severity from ({query})")
    assert found == ([("i=1", then)] if is_lowered else [])


def test_a_severity_that_was_lowered_after_the_report_is_told(con):
    many = lowered(con, {"i1": "sev3", "i2": "sev4", "i3": "sev1"}, "i1=sev1", "i2=sev2", "i3=sev1")
    query = replaced(con, "marts.later_decisions", lowered_severities=many)
    told = rows(con, f"select kind, words from ({query}) where period = 'week'")

    assert told == [
        ("severity lowered later", "i1 was sev1 and is sev3, and 1 more were lowered, "
         "since it was reported")
    ]  # fmt: skip


def test_what_an_incident_is_called_is_told_beside_the_number_it_stands_behind(con):
    found = rows(
        con,
        "select distinct metric, severities from marts.weekly_values where severities <> '' "
        "and name = 'graded'",
    )
    assert sorted(found) == [
        ("change_fail_rate", "graded-1=sev: 1"), ("recovery_time", "graded-1=sev: 1"),
        ("rework_rate", "graded-1=sev: 1"),
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "found"), [("2026-03-15", 0), ("2026-03-16", 3)])
def test_a_failure_that_a_person_took_away_after_the_week_is_told(con, day, found):
    overruled = (
        "select 1 as override_id, 'grown-8' as deployment_id, 'grown' as service, "
        f"false as is_more, 'drill' as reason, date '{day}' as decided_on"
    )
    query = replaced(con, "marts.later_decisions", overruled=overruled)
    kept = "scope = 'service' and period = 'week' and starts_on = '2026-03-09'"
    told = rows(con, f"select distinct metric, words from ({query}) where {kept}")

    assert len(told) == found
    words = f"1 failure was taken away by a person after it was over, last on {day}"
    assert {said for _, said in told} <= {words}


def test_a_window_of_ones_own_has_its_own_warnings(con):
    chosen = windows.window(con)
    found = windows.metrics(con, chosen, team="mixed")
    answer = windows.as_json(chosen, found, by="window")

    for row in answer["rows"]:
        assert "unlike services side by side: often deployed 84 times, rarely 8" in row["warnings"]
        assert row["is_too_few"] is (row["metric"] == "recovery_time")
    json.dumps(answer, allow_nan=False)


def test_notes_stand_below_the_table_each_once_with_the_number_in_its_lines(con):
    found = windows.metrics(con, windows.window(con), team="mixed")
    lines = printing.metric_table(found, has_periods=False).splitlines()

    (number,) = [line.split()[0] for line in lines if "side by side" in line]
    assert sum(number in line for line in lines) == 6


def test_what_is_too_few_to_tell_is_told_with_a_note(con):
    found = windows.metrics(con, windows.window(con), service="rarely")
    lines = printing.metric_table(found, has_periods=False).splitlines()

    assert "[1] too few to tell anything by" in lines
    assert [line.split("  ")[1].strip() for line in lines if line.endswith("[1]")] == [
        "change fail rate", "rework rate",
    ]  # fmt: skip


def test_without_a_note_there_is_no_column_of_notes(con):
    found = windows.metrics(con, windows.window(con), service="often")
    table = printing.metric_table(found.filter(metric="change_lead_time"), has_periods=False)

    assert "notes" not in table
    assert "[" not in table
