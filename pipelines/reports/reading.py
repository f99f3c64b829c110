"""What the weekly report asks of the published file, one function a question."""

import re
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any, Literal, NamedTuple

import duckdb

from pipelines.reports.outside import plain, plain_row, short
from sql.names import WINDOWS
from sql.runs import Run

Row = dict[str, Any]

WEEK = timedelta(weeks=1)
NAME = 48
ASKED = re.compile(r"\$([a-z_]+)")
MINE = (
    "(select distinct service from facts.scopes where scope = $scope and name = $name"
    " and from_on < $ends_on and until_on > $monday) as mine"
)
"""Services that the report is of, as they were in its week; to be joined."""


class Scope(NamedTuple):
    """What a report is of; the organisation's name is the word organisation."""

    kind: Literal["organisation", "team", "service"] = "organisation"
    name: str = "organisation"


WHOLE = Scope()


@dataclass(frozen=True, slots=True)
class Edition:
    """One week as one published file knows it."""

    con: duckdb.DuckDBPyConnection
    run: Run
    week: date
    scope: Scope = WHOLE

    @property
    def who(self) -> str:
        """Return what the report is of, as a reader calls it."""
        if self.scope.kind == "organisation":
            return self.run.organisation
        return short(plain(self.scope.name), NAME)

    @property
    def is_finished(self) -> bool:
        """Tell whether all days of the week are over."""
        return self.week < self.run.this_week

    @property
    def is_latest(self) -> bool:
        """Tell whether what the file says of now is also true of the week's end."""
        return self.week >= self.run.this_week - WEEK

    @property
    def ends_on(self) -> date:
        """Return the first day after the week."""
        return self.week + WEEK

    def ask(self, query: str, **params: object) -> list[Row]:
        """Return the rows that answer a query, their text made plain.

        It may name $scope, $name, $monday, $ends_on and $today without their being given.
        """
        known = {
            "scope": self.scope.kind,
            "name": self.scope.name,
            "monday": self.week,
            "ends_on": self.ends_on,
            "today": self.run.local.date(),
            **params,
        }
        return ask(self.con, query, **{key: known[key] for key in ASKED.findall(query)})


def ask(con: duckdb.DuckDBPyConnection, query: str, **params: object) -> list[Row]:
    """Return the rows that answer a query, their text made plain."""
    return [plain_row(row) for row in con.sql(query, params=params).pl().to_dicts()]


def run(con: duckdb.DuckDBPyConnection) -> Run:
    """Return the run that made the published file."""
    found = ask(con, "from config.run")[0]
    return Run(
        as_of=found["as_of"].astimezone(UTC),
        zone=found["time_zone"],
        is_demo=bool(found["is_demo"]),
        is_git_only=bool(found["is_git_only"]),
        organisation=short(found["organisation"] or "The organisation", 80),
    )


def known_weeks(con: duckdb.DuckDBPyConnection, scope: Scope = WHOLE) -> tuple[date, date] | None:
    """Return the Mondays of the first and the last week that a history has."""
    (found,) = ask(
        con,
        "select min(starts_on) as first_on, max(starts_on) as last_on"
        " from marts.deployment_frequency"
        " where scope = $kind and name = $name and period = 'week'",
        **scope._asdict(),
    )
    return (found["first_on"], found["last_on"]) if found["first_on"] else None


def history(edition: Edition) -> dict[str, dict[date, Row]]:
    """Return each metric's windows of the last 12 months, by the week that each ends with."""
    found = edition.ask(
        "select *, cast(ends_on - 7 as date) as week from marts.metrics"
        " where scope = $scope and name = $name"
        " and period in ('week', 'four_weeks', 'twelve_weeks')"
        " and ends_on > $since and ends_on <= $ends_on order by metric, ends_on",
        since=edition.ends_on - 52 * WEEK,
    )
    return {
        metric: {
            row["week"]: row for row in found if (row["metric"], row["period"]) == (metric, period)
        }
        for metric, period in WINDOWS.items()
    }


def week_alone(edition: Edition) -> dict[str, Row]:
    """Return each metric over the report's week and nothing else."""
    found = edition.ask(
        "from marts.metrics where scope = $scope and name = $name and period = 'week'"
        " and starts_on = $monday order by metric"
    )
    return {row["metric"]: row for row in found}


def targets(edition: Edition) -> dict[str, float]:
    """Return the configured targets by metric."""
    found = edition.ask("from config.targets order by metric")
    return {row["metric"].removesuffix("_hours"): row["target"] for row in found}


def services(edition: Edition) -> list[Row]:
    """Return what every service in service did in the week, those with a failure first."""
    return edition.ask(
        "select counts.name as service, overview.team, counts.deployment_count,"
        " counts.usual_low, counts.usual_high, leads.median_hours as lead_hours,"
        " leads.change_count, fails.failed_count, overview.waiting_count"
        " from marts.deployment_frequency as counts"
        " inner join marts.change_lead_time as leads using (scope, name, period, starts_on)"
        " inner join marts.change_fail_rate as fails using (scope, name, period, starts_on)"
        f" inner join {MINE} on counts.name = mine.service"
        " left join marts.service_overview as overview on counts.name = overview.service"
        " where scope = 'service' and period = 'week' and starts_on = $monday"
        " order by fails.failed_count > 0 desc, counts.name"
    )


def rhythms(edition: Edition) -> list[Row]:
    """Return the services that are not simply on rhythm, most in need first."""
    return edition.ask(
        "select rhythms.*, overview.last_deployed_at from marts.cadence as rhythms"
        " inner join marts.service_overview as overview using (service)"
        f" inner join {MINE} using (service)"
        " where rhythms.is_frozen or rhythms.state not in ('on_rhythm', 'watch')"
        " order by rhythms.attention, rhythms.return_years desc, rhythms.service"
    )


def beats(edition: Edition) -> list[Row]:
    """Return the deployments of the last 84 days, each a tick."""
    return edition.ask("from marts.beats order by service, finished_at, rollout_id")


def failures(edition: Edition) -> list[Row]:
    """Return the week's deployments that needed intervention, the latest first."""
    return edition.ask(
        "select rollouts.*,"
        " greatest(epoch(rollouts.recovered_at) - epoch(rollouts.recovery_began_at), 0) / 3600.0"
        " as recovery_hours,"
        " greatest(epoch(run.as_of) - epoch(rollouts.recovery_began_at), 0) / 3600.0 as open_hours,"
        " incidents.url as evidence_url"
        f" from facts.rollouts as rollouts inner join {MINE} using (service)"
        " cross join config.run as run left join"
        " (select incident_id, min(url) as url from facts.incidents group by incident_id)"
        " as incidents on rollouts.evidence = incidents.incident_id"
        " where rollouts.is_failed and rollouts.finished_on >= $monday"
        " and rollouts.finished_on < $ends_on"
        " order by rollouts.finished_at desc, rollouts.rollout_id"
    )


def waits(edition: Edition) -> list[Row]:
    """Return the services in which something waits, the longest wait first."""
    return edition.ask(
        "select overview.service, overview.waiting_count, overview.oldest_waiting_hours,"
        " overview.usual_wait_hours, waiting.title, waiting.change_id, waiting.url"
        f" from marts.service_overview as overview inner join {MINE} using (service)"
        " inner join marts.waiting_changes as waiting using (service)"
        " qualify row_number() over (partition by overview.service"
        " order by waiting.merged_at, waiting.change_id) = 1"
        " order by overview.oldest_waiting_hours desc, overview.service"
    )


def findings(edition: Edition) -> list[Row]:
    """Return what the data lacks or contradicts, by kind."""
    return edition.ask(
        "select kind, count(*) as finding_count, count(distinct service) as service_count,"
        " min(service) as service, min(effect) as effect, min(remedy) as remedy"
        " from marts.data_quality where $scope = 'organisation'"
        f" or service in (select service from {MINE}) group by kind order by kind"
    )


def sources(edition: Edition) -> list[Row]:
    """Return the sources, each with its latest fetch and its rejected rows."""
    return edition.ask(
        "select source, kind, max(latest_fetched_at) as fetched_at,"
        " sum(coalesce(rejected_count, 0)) as rejected_count from marts.sources"
        " group by source, kind order by source, kind"
    )


def definitions(edition: Edition) -> list[str]:
    """Return the ids of the rules under which the five metrics were counted."""
    found = {
        row["metric"]: row["definition"]
        for row in edition.ask("from facts.scope_definitions where scope = $scope and name = $name")
    }
    return [found[metric] for metric in WINDOWS if metric in found]
