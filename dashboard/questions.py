"""What the pages ask of the published file, one function a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dashboard import clocks, data
from sql import restating, words
from sql.names import WINDOWS

MOST_RATES = 14
MOST_CARRIED = 5
MOST_DEPLOYMENTS = 500
MOST_NARROWED = 5_000
EVERYWHERE = "every environment"
SERVICES = (
    "from (select overview.*, rhythm.* exclude (service, team, tier, state, is_frozen, attention,"
    " deploy_day_count, waiting_count, oldest_waiting_hours, usual_wait_hours)"
    " from marts.service_overview as overview left join marts.cadence as rhythm using (service))"
)


@dataclass(frozen=True)
class Run:
    """What the published file was made from and when."""

    as_of: datetime
    zone: str
    is_demo: bool
    is_git_only: bool
    organisation: str

    @property
    def this_week(self) -> date:
        """Return the Monday of the unfinished week, in the configured zone."""
        today = self.day(self.as_of)
        return today - timedelta(days=today.weekday())

    @property
    def last_week(self) -> date:
        """Return the Monday of the last whole week."""
        return self.this_week - timedelta(days=7)

    def day(self, at: datetime) -> date:
        """Return the day of a moment in the configured zone."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def noun(self) -> str:
        """Return what a deployment is called: on plain git, tags are releases."""
        return "release" if self.is_git_only else "deployment"


def run() -> Run:
    """Return the run that made the published file."""
    found = data.row("from config.run")
    return Run(
        as_of=found["as_of"].astimezone(UTC),
        zone=found["time_zone"] or "UTC",
        is_demo=bool(found["is_demo"]),
        is_git_only=bool(found["is_git_only"]),
        organisation=found["organisation"] or "The organisation",
    )


def teams() -> list[str]:
    """Return the teams that own a service."""
    query = "select distinct team from marts.service_overview where team <> '' order by team"
    return data.ask(query)["team"].to_list()


def weeks() -> list[str]:
    """Return all whole weeks that metrics know, the latest first."""
    found = data.ask(
        "select distinct starts_on from marts.metrics where scope = 'organisation'"
        " and metric = 'deployment_frequency' and period = 'week' and is_finished order by 1 desc"
    )
    return [words.iso_week(on) for on in found["starts_on"]]


def service_names() -> list[str]:
    """Return all services by name."""
    return data.ask("select service from marts.service_overview order by 1")["service"].to_list()


def services(team: str = "", only: Sequence[str] = ()) -> pl.DataFrame:
    """Return services, most in need first: of one team or of all, some of them or every one."""
    return data.ask(
        f"{SERVICES} where ? in ('', team) and (? = [] or list_contains(?, service))"
        " order by attention,"
        " return_years desc nulls last,"
        " oldest_waiting_hours > 3 * usual_wait_hours desc nulls last, service",
        [team, list(only), list(only)],
    )


def service(name: str) -> dict[str, Any]:
    """Return one service, empty when there is none of that name."""
    return data.row(f"{SERVICES} where service = ?", [name])


def metrics(
    scope: str, name: str, since: date, period: str, clock: str = ""
) -> dict[str, pl.DataFrame]:
    """Return the five metrics over time, by week in their own windows or by month.

    ``shown_on`` is where a window stands on the axis: the week it ends with, or its month.
    """
    found = data.ask(
        "select metrics.*, coalesce(beside.warnings, []) as warnings,"
        " case when period = 'month' then starts_on else ends_on - 7 end as shown_on"
        f" from {clocks.metrics(clock)} as metrics"
        " left join (select metric, scope, name, period, starts_on, list(words order by kind)"
        " as warnings from marts.warnings group by all) as beside"
        " using (metric, scope, name, period, starts_on)"
        " where scope = ? and name = ? and ends_on > ?"
        " and period in ('week', 'month', 'four_weeks', 'twelve_weeks') order by shown_on",
        [scope, name, since],
    )
    return {
        metric: found.filter(metric=metric, period="month" if period == "month" else window)
        for metric, window in WINDOWS.items()
    }


def restatements(scope: str, name: str, of: Run) -> list[dict[str, Any]]:
    """Return what reports told of the last 12 weeks that moved since, the latest week first."""
    found = data.ask(
        "select * replace (cast(then_value as double) as then_value,"
        " cast(now_value as double) as now_value) from marts.restatements"
        " where scope = ? and name = ? and has_moved and week_on >= ?"
        " order by week_on desc, list_position(?, metric)",
        [scope, name, of.this_week - timedelta(weeks=12), list(WINDOWS)],
    )
    return [row for row in found.to_dicts() if restating.differs(row)]


def lead_times(services: Sequence[str], since: date, clock: str = "") -> dict[str, pl.DataFrame]:
    """Return lead time over four weeks of some services, for the lines in tables."""
    found = data.ask(
        f"select name, value, p25, p75, ends_on from {clocks.metrics(clock)}"
        " where scope = 'service' and metric = 'change_lead_time'"
        " and period = 'four_weeks' and is_finished and ends_on > ?"
        " and name in (select unnest(?)) order by name, ends_on",
        [since, list(services)],
    )
    return {name: rows for (name,), rows in found.partition_by("name", as_dict=True).items()}


def fail_rate_of_all(ends_on: date) -> float | None:
    """Return the fail rate of all services over twelve weeks, the line services stand against."""
    found = data.row(
        "select value from marts.metrics where scope = 'organisation'"
        " and metric = 'change_fail_rate' and period = 'twelve_weeks' and ends_on = ?",
        [ends_on],
    )
    value: float | None = found.get("value")
    return value


def failing_more(ends_on: date) -> list[str]:
    """Return the services that fail more than all others over twelve weeks, beyond chance."""
    found = data.ask(
        "select group_name from marts.compared_failures where trait = 'service' and ends_on = ?"
        " and is_worse",
        [ends_on],
    )
    return found["group_name"].to_list()


def beats(services: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return the rollouts of the last 84 days of some services."""
    found = data.ask(
        "select service, finished_at, is_failed from marts.beats"
        " where service in (select unnest(?)) order by finished_at",
        [list(services)],
    )
    return {name: rows for (name,), rows in found.partition_by("service", as_dict=True).items()}


def weekdays(scope: str, name: str) -> pl.DataFrame:
    """Return the working weekdays of a scope: what was shipped, missed and avoided."""
    return data.ask(
        "from marts.weekdays where scope = ? and name = ? order by weekday", [scope, name]
    )


def outcomes(scope: str, name: str) -> pl.DataFrame:
    """Return how deployments of a scope came out, by weekday and by size."""
    query = "from marts.outcomes where scope = ? and name = ? order by trait, place"
    return data.ask(query, [scope, name])


def deployment_hours(scope: str, name: str) -> pl.DataFrame:
    """Return how often a scope deployed by weekday and hour; empty where that would tell of few."""
    query = "from marts.deployment_hours where scope = ? and name = ? order by weekday, hour"
    return data.ask(query, [scope, name])


def alarms(names: Sequence[str]) -> pl.DataFrame:
    """Return the spells of alarm of services, the latest first."""
    query = "from facts.alarms where list_contains(?, service) order by began_on desc, service"
    return data.ask(query, [list(names)])


def trends(scope: str, name: str, names: Sequence[str]) -> pl.DataFrame:
    """Return what the tests say of a scope and of services."""
    return data.ask(
        "from facts.trends where (scope = ? and name = ?) or scope = 'service'"
        " and list_contains(?, name) order by scope, name, metric, week_count",
        [scope, name, list(names)],
    )


def stages(scope: str, name: str, week_on: date, clock: str = "") -> pl.DataFrame:
    """Return where lead time goes, the four weeks that end with one and the same a year before.

    The median is split by each stage's share of all hours, for medians of stages don't add up.
    """
    ends_on = week_on + timedelta(days=7)
    return data.ask(
        "select stages.*, ends_on = ? as is_now, metrics.value as lead_time_hours,"
        " metrics.p25, metrics.p50, metrics.p75, metrics.p90, metrics.is_too_few,"
        " coalesce(coding_hours, 0)"
        " + coalesce(pickup_hours, 0) + coalesce(review_hours, 0) + coalesce(merge_hours, 0)"
        " + coalesce(wait_hours, 0) + coalesce(deployment_hours, 0) as all_hours"
        f" from {clocks.stages(clock)} as stages inner join {clocks.metrics(clock)} as metrics"
        " using (scope, name, period, starts_on, ends_on)"
        " where scope = ? and name = ? and period = 'four_weeks'"
        " and metric = 'change_lead_time' and ends_on in (?, ?) and metrics.value is not null"
        " order by ends_on",
        [ends_on, scope, name, ends_on, ends_on - timedelta(days=364)],
    )


def spread(scope: str, name: str, clock: str = "") -> pl.DataFrame:
    """Return how many changes took how long, by doublings, in the last four whole weeks."""
    return data.ask(
        "from marts.lead_time_spread where scope = ? and name = ? and clock = coalesce(?, (select"
        " min(clock) from marts.change_lead_time where scope = ? and name = ?)) order by step",
        [scope, name, clock or None, scope, name],
    )


def recovery_curves(scope: str, name: str) -> pl.DataFrame:
    """Return the share of failed deployments still open by hours, of two half years."""
    query = "from marts.recovery_curves where scope = ? and name = ? order by span, hours"
    return data.ask(query, [scope, name])


def fail_rates(services: Sequence[str], ends_on: date) -> pl.DataFrame:
    """Return fail rates over the twelve weeks to a day, the highest first, unknown ones last."""
    return data.ask(
        "select service, rates.value, rates.low, rates.high, coalesce(rates.n, 0) as n,"
        " coalesce(rates.is_too_few, true) as is_too_few from marts.service_overview as overview"
        " left join (from marts.metrics where scope = 'service' and metric = 'change_fail_rate'"
        " and period = 'twelve_weeks' and ends_on = ?) as rates on overview.service = rates.name"
        " where service in (select unnest(?)) and state <> 'retired'"
        " order by is_too_few or value is null, value desc, n desc, service limit ?",
        [ends_on, list(services), MOST_RATES],
    )


def failures(services: Sequence[str], since: date, until: datetime | None = None) -> pl.DataFrame:
    """Return the failed deployments of services since a day, the latest first."""
    return data.ask(
        "from marts.recent_failures where finished_at >= ? and (? is null or finished_at < ?)"
        " and service in (select unnest(?)) order by finished_at desc, rollout_id",
        [since, until, until, list(services)],
    )


def carried(rollouts: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what some failed deployments carried, five of each, pull requests first."""
    found = data.ask(
        "from marts.failed_changes where rollout_id in (select unnest(?))"
        " qualify row_number() over (partition by rollout_id"
        " order by kind desc, merged_at desc, change_id) <= ?"
        " order by kind desc, merged_at desc, change_id",
        [list(rollouts), MOST_CARRIED],
    )
    return {
        name: rows.to_dicts()
        for (name,), rows in found.partition_by("rollout_id", as_dict=True).items()
    }


def latest_rollouts(
    services: Sequence[str], since: date, until: datetime | None = None
) -> pl.DataFrame:
    """Return when services deployed since a day, with what failed and how it ended."""
    return data.ask(
        "select beats.service, beats.rollout_id, beats.finished_at, recent.url,"
        " failures.confidence,"
        " failures.recovery_hours, case when beats.is_failed then 'failed' else 'held' end"
        " as outcome from marts.beats as beats"
        " left join marts.recent_failures as failures using (service, rollout_id)"
        " left join marts.recent_deployments as recent using (service, rollout_id)"
        " where beats.finished_at >= ? and (? is null or beats.finished_at < ?)"
        " and beats.service in (select unnest(?)) order by beats.finished_at",
        [since, until, until, list(services)],
    )


def waits(services: Sequence[str]) -> pl.DataFrame:
    """Return what waits longest in each service: how much, since when, and its usual wait."""
    return data.ask(
        "select overview.service, overview.waiting_count, overview.oldest_waiting_hours,"
        " overview.usual_wait_hours, oldest.change_id, oldest.kind, oldest.title, oldest.url"
        " from marts.service_overview as overview inner join marts.waiting_changes as oldest"
        " using (service) where service in (select unnest(?)) and waiting_count > 0"
        " qualify row_number() over (partition by service"
        " order by waiting_hours desc, change_id) = 1"
        " order by oldest_waiting_hours desc, service limit 8",
        [list(services)],
    )


def wait(scope: str, name: str, week_on: date) -> dict[str, Any]:
    """Return how long what was merged in a week waits for production."""
    return data.row(
        "from marts.change_wait where scope = ? and name = ? and period = 'week' and starts_on = ?",
        [scope, name, week_on],
    )


def deployments(name: str) -> pl.DataFrame:
    """Return the rollouts of one service in the last 84 days, latest first."""
    query = "from marts.recent_deployments where service = ? order by finished_at desc, rollout_id"
    return data.ask(query, [name])


def every_deployment(
    name: str, since: datetime, environment: str = "", is_bot: bool | None = None
) -> pl.DataFrame:
    """Return what a service deployed anywhere since a moment, counted or not, latest first."""
    return data.ask(
        "select finished_at, environment, is_production, rollout_id is not null as is_counted,"
        " status, version, commit_sha, is_bot, trigger, is_rollback, change_count, url"
        " from facts.deployments where service = ? and finished_at >= ? and ? in ('', environment)"
        " and (? is null or is_bot = ?) order by finished_at desc, deployment_id limit ?",
        [name, since, _named(environment), is_bot, is_bot, MOST_DEPLOYMENTS],
    )


def narrowed(
    services: Sequence[str],
    since: date,
    until: datetime | None,
    environment: str,
    is_bot: bool | None,
) -> pl.DataFrame:
    """Return single deployments of an environment, by bots or by people, the latest first.

    Without an environment they are those that count, each version once. Only of these is it known
    whether they held; of the others, whether they succeeded.
    """
    return data.ask(
        "select deployments.service,"
        " coalesce(deployments.rollout_id, deployments.deployment_id) as rollout_id,"
        " deployments.environment as environments, deployments.version, deployments.commit_sha,"
        " deployments.finished_at, recent.first_change_title,"
        " coalesce(recent.change_count, deployments.change_count) as change_count,"
        " recent.lead_time_hours, deployments.is_rollback,"
        " coalesce(recent.is_hotfix, false) as is_hotfix, case when deployments.status <> 'success'"
        " then deployments.status else coalesce(recent.outcome, 'succeeded') end as outcome,"
        " recent.why, recent.confidence, recent.is_inferred, recent.recovered_at,"
        " recent.recovered_by, recent.recovery_hours, deployments.url"
        " from facts.deployments as deployments"
        " left join marts.recent_deployments as recent using (service, rollout_id)"
        " where deployments.finished_at >= ? and (? is null or deployments.finished_at < ?)"
        " and service in (select unnest(?)) and ? in ('', deployments.environment)"
        " and (? <> '' or deployments.deployment_id = recent.deployment_id)"
        " and (? is null or deployments.is_bot = ?)"
        " order by deployments.finished_at desc, deployments.deployment_id limit ?",
        [since, until, until, list(services), _named(environment), environment, is_bot, is_bot,
         MOST_NARROWED],
    )  # fmt: skip


def _named(environment: str) -> str:
    return "" if environment == EVERYWHERE else environment


def environments() -> list[str]:
    """Return every environment that something was deployed to."""
    query = "select distinct environment from facts.deployments order by 1"
    return data.ask(query)["environment"].drop_nulls().to_list()


def waiting(name: str) -> pl.DataFrame:
    """Return what is merged and not yet deployed, oldest first."""
    query = "from marts.waiting_changes where service = ? order by waiting_hours desc, change_id"
    return data.ask(query, [name])


def sources() -> pl.DataFrame:
    """Return the sources, each with its latest fetch."""
    return data.ask(
        "select source, kind, max(latest_fetched_at) as fetched_at,"
        " sum(coalesce(rejected_count, 0)) as rejected_count from marts.sources"
        " group by source, kind order by source"
    )


def silent() -> pl.DataFrame:
    """Return the sources that have fallen silent, by what they told of."""
    query = "select source, thing, last_on from marts.source_rhythms where is_silent"
    return data.ask(f"{query} order by source, thing")


def unread() -> pl.DataFrame:
    """Return the sources of which older history is still being read, and from when on all is."""
    return data.ask(
        "select source, kind, max(history_since) as history_since from marts.sources"
        " where history_since is not null group by source, kind order by source"
    )


def quality(name: str = "") -> int:
    """Return how many findings on data quality there are, of one service or of all."""
    query = "select count(*) as finding_count from marts.data_quality where ? in ('', service)"
    count: int = data.row(query, [name])["finding_count"]
    return count


def next_step(name: str) -> dict[str, Any]:
    """Return the first rule that holds of a service, empty where none does."""
    return data.row("from marts.next_steps where service = ? order by place limit 1", [name])


def largest_stage(name: str) -> dict[str, Any]:
    """Return the stage that took most of a service's lead time, empty where it is not known."""
    return data.row("from marts.largest_stages where service = ?", [name])
