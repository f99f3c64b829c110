"""Where a change is: what is asked of the published file, and how the answer is said."""

import re
from collections.abc import Sequence
from typing import Any

from sql import cadence_words, words

SHA = re.compile(r"[0-9a-fA-F]{7,64}")
CHANGES = """
select
    changes.service, changes.change_id, changes.kind, changes.title, changes.url,
    changes.merged_at, carried.deployment_id, carried.is_before_history,
    rollouts.finished_at, rollouts.version, rollouts.url as deployment_url,
    cadence.next_from, cadence.next_to
from facts.changes as changes
left join facts.deployment_changes as carried using (service, change_id)
left join facts.deployments as deployments
    on carried.deployment_id = deployments.deployment_id
left join facts.rollouts as rollouts on deployments.rollout_id = rollouts.rollout_id
left join marts.cadence as cadence on changes.service = cadence.service
where {which}
order by changes.service, changes.change_id
"""
REGIONS = """
select environment, finished_at from facts.deployments
where rollout_id = (select rollout_id from facts.deployments where deployment_id = $1)
order by finished_at, environment
"""
Row = dict[str, Any]


def which(asked: str) -> tuple[str, str]:
    """Return the condition on a change that has this sha, id or address, and its parameter."""
    if asked.startswith(("http://", "https://")):
        return "rtrim(changes.url, '/') = rtrim($1, '/')", asked
    if SHA.fullmatch(asked):
        return "(starts_with(changes.merge_sha, lower($1)) or changes.change_id = $1)", asked
    if asked.startswith(("#", "!")):
        return "ends_with(changes.change_id, $1)", asked
    return "lower(changes.change_id) = lower($1)", asked


def as_text(rows: Sequence[Row], zone: str) -> str:
    """Return a paragraph for each service."""
    return "\n".join(told(row, zone) for row in rows)


def told(row: Row, zone: str) -> str:
    """Say where one change is."""
    return f"{head(row)}\n  {state(row, zone)}"


def head(row: Row) -> str:
    """Name one change: its service, its own name and its title."""
    name = row["change_id"][:12] if row["kind"] == "commit" else row["change_id"]
    return f"{row['service']}: {name} {row['title'] or ''}".rstrip()


def state(row: Row, zone: str) -> str:
    """Say whether it is live, since when and where; else what it waits for."""
    if row["is_before_history"]:
        return "live since before the first deployment that is known"
    if row["regions"]:
        since = [
            f"{region['environment']} since {words.moment(region['live_since'], zone)}"
            for region in row["regions"]
        ]
        where = f" ({row['deployment_url']})" if row["deployment_url"] else ""
        return f"live in {', '.join(since)}{where}"
    if row["merged_at"] is None:
        return "not merged yet"
    merged = f"merged {words.moment(row['merged_at'], zone)}, not deployed"
    if row["next_from"] is None:
        return merged
    return f"{merged}; {cadence_words.expected(row['next_from'], row['next_to'])}"
