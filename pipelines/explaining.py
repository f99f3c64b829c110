"""Leads from one number of a week to the deployments, changes and incidents behind it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import duckdb
import polars as pl

from pipelines import windows
from pipelines.errors import DrumbeatError
from pipelines.printing import aligned, title, told, value

ROLLOUTS = """
select
    strftime(rollouts.finished_at, '%Y-%m-%d %H:%M') as ended_at_utc,
    rollouts.service,
    rollouts.rollout_id as deployment,
    coalesce(left(rollouts.commit_sha, 12), rollouts.version) as commit,
    {columns}
    (
        select string_agg(
            concat(evidence.source, ': ', evidence.evidence_id), ', '
            order by evidence.source, evidence.evidence_id
        )
        from facts.deployment_evidence as evidence
        where evidence.deployment_id = rollouts.rollout_id
    ) as also_told_by,
    rollouts.url
from facts.rollouts as rollouts
inner join facts.scopes as scopes
    on rollouts.service = scopes.service and scopes.scope = $scope and scopes.name = $name
    and rollouts.finished_on >= scopes.from_on and rollouts.finished_on < scopes.until_on
where rollouts.finished_on >= $since and rollouts.finished_on < $until {only}
order by rollouts.finished_at, rollouts.rollout_id
"""
FAILURE = """
    rollouts.why, round(rollouts.confidence, 2) as confidence, rollouts.evidence,
    strftime(rollouts.recovered_at, '%Y-%m-%d %H:%M') as recovered_at_utc,
    rollouts.recovered_by, rollouts.recovery_id,
    round((epoch(rollouts.recovered_at) - epoch(rollouts.failed_at)) / 3600.0, 2) as recovery_hours,
"""
REWORK = """
    rollouts.is_rollback, rollouts.is_hotfix,
    (
        select string_agg(concat(how, ' of ', mended_id), ', ' order by how, mended_id)
        from facts.remedies as remedies
        inner join facts.deployments as members
            on remedies.deployment_id = members.deployment_id
        where members.rollout_id = rollouts.rollout_id
    ) as mends,
"""
CHANGES = """
select
    strftime(carried.finished_at, '%Y-%m-%d %H:%M') as ended_at_utc,
    carried.service,
    carried.deployment_id as deployment,
    case when changes.kind = 'commit' then left(changes.change_id, 12) else changes.change_id end
        as change,
    carried.how,
    strftime(coalesce(changes.first_commit_at, changes.opened_at), '%Y-%m-%d %H:%M')
        as first_commit_utc,
    round(carried.lead_seconds / 3600.0, 2) as lead_hours,
    changes.title,
    changes.url
from facts.deployment_changes as carried
inner join facts.changes as changes using (service, change_id)
inner join facts.scopes as scopes
    on carried.service = scopes.service and scopes.scope = $scope and scopes.name = $name
    and carried.finished_on >= scopes.from_on and carried.finished_on < scopes.until_on
inner join facts.rules as rules on carried.service = rules.service
where carried.finished_on >= $since and carried.finished_on < $until
    and not carried.is_before_history
    and (not coalesce(carried.is_bot, false) or rules.has_bots_changes)
order by carried.finished_at, carried.deployment_id, carried.lead_seconds, changes.change_id
"""
QUERIES: Mapping[str, str] = {
    "deployment_frequency": ROLLOUTS.format(columns="rollouts.change_count,", only=""),
    "change_lead_time": CHANGES,
    "change_fail_rate": ROLLOUTS.format(columns="rollouts.is_failed," + FAILURE, only=""),
    "recovery_time": ROLLOUTS.format(columns=FAILURE, only="and rollouts.is_failed"),
    "rework_rate": ROLLOUTS.format(columns="rollouts.is_rework," + REWORK, only=""),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One number and the rows behind it."""

    number: dict[str, Any]
    rows: pl.DataFrame
    is_git_only: bool = False

    def as_text(self) -> str:
        """Return the number in words, then its rows."""
        number = self.number
        head = (
            f"{title(number, is_git_only=self.is_git_only)} of {number['name']}, "
            f"week of {number['starts_on']}: "
            f"{value(number)}, n = {number['n']}, by {number['definition']}"
        )
        shown = self.rows.select(name for name in self.rows.columns if self.rows[name].count())
        lines = [shown.columns, *([told(cell) for cell in row] for row in shown.iter_rows())]
        return f"{head}\n\n{aligned(lines)}" if len(self.rows) else f"{head}\n\nNo rows."

    def as_json(self) -> str:
        """Return the same as JSON."""
        return json.dumps(
            {"number": self.number, "rows": self.rows.to_dicts()}, indent=1, default=str
        )


def explain(
    con: duckdb.DuckDBPyConnection,
    metric: str,
    *,
    service: str | None,
    team: str | None,
    week: str | None,
) -> Explanation:
    """Return a week's number and the rows that make it."""
    if metric not in QUERIES:
        raise DrumbeatError(f"no metric is called {metric!r}; there are: {', '.join(QUERIES)}")
    whole = windows.window(con)
    since = windows.parse_week(week) if week else whole.until - timedelta(weeks=1)
    chosen = windows.window(con, since, since + timedelta(weeks=1))
    found = windows.metrics(con, chosen, by="week", service=service, team=team)
    scope = "service" if service else "team" if team else "organisation"
    number = found.filter((pl.col("scope") == scope) & (pl.col("metric") == metric)).to_dicts()[0]
    rows = con.sql(
        QUERIES[metric],
        params={
            "scope": scope,
            "name": number["name"],
            "since": chosen.since,
            "until": chosen.until,
        },
    ).pl()
    return Explanation(number, rows, chosen.is_git_only)
