"""What services shipped, a row for each deployment."""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl

from dashboard import data

MOST_DEPLOYMENTS = 500
MOST_NARROWED = 5_000
EVERYWHERE = "every environment"


def beats(services: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Return the rollouts of the last 84 days of some services."""
    found = data.ask(
        "select service, finished_at, is_failed from marts.beats"
        " where service in (select unnest(?)) order by finished_at",
        [list(services)],
    )
    return {name: rows for (name,), rows in found.partition_by("service", as_dict=True).items()}


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
