"""Where a change is: what is asked of the published file, and how the answer is said."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag
from zoneinfo import ZoneInfo

from sql import cadence_words, words

SHA = re.compile(r"[0-9a-fA-F]{7,64}")
CHANGES = """
select
    changes.service, changes.change_id, changes.kind, changes.title, changes.url,
    changes.merged_at, carried.deployment_id, carried.is_before_history,
    rollouts.finished_at, rollouts.version, rollouts.url as deployment_url,
    cadence.next_from, cadence.next_to,
    cadence.state as service_state, cadence.is_frozen, cadence.frozen_to_on,
    cadence.silent_working_days, cadence.usual_working_days
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
select environment, live_since, gone_at, is_rolled_back, url from facts.live_changes
where service = $1 and change_id = $2
order by coalesce(live_since, gone_at), environment
"""
HELP = (
    "a sha of at least 7 digits, a number such as #12, !12 or shop#12, or the address of its page"
)
Row = dict[str, Any]


def which(asked: str) -> tuple[str, str]:
    """Return the condition on a change that has this sha, id or address, and its parameter."""
    if asked.startswith(("http://", "https://")):
        return "rtrim(changes.url, '/') = rtrim($1, '/')", urldefrag(asked).url
    if SHA.fullmatch(asked):
        return "(starts_with(changes.merge_sha, lower($1)) or changes.change_id = $1)", asked
    if asked.startswith(("#", "!")):
        return "ends_with(changes.change_id, $1)", asked
    return "lower(changes.change_id) = lower($1)", asked


def placed(row: Row, found: Sequence[Row]) -> Row:
    """Return a change with the regions where it is live, and those where it is not any more."""
    live = [one for one in found if one["live_since"]]
    gone = [one for one in found if one["gone_at"]]
    return row | {
        "regions": [
            {name: one[name] for name in ("environment", "live_since", "url")} for one in live
        ],
        "gone": [
            {name: one[name] for name in ("environment", "gone_at", "is_rolled_back", "url")}
            for one in gone
        ],
    }


def as_text(rows: Sequence[Row], zone: str, as_of: datetime) -> str:
    """Return a paragraph for each service, and when and in which zone that was so."""
    told = [f"{head(row)}\n  {state(row, zone, as_of)}" for row in rows]
    day = words.day(as_of.astimezone(ZoneInfo(zone)).date())
    return "\n".join([*told, f"As of {day}; times are {zone}."])


def head(row: Row) -> str:
    """Name one change: its service, its own name and its title."""
    name = row["change_id"][:12] if row["kind"] == "commit" else row["change_id"]
    return f"{row['service']}: {name} {row['title'] or ''}".rstrip()


def state(row: Row, zone: str, as_of: datetime) -> str:
    """Say whether it is live, since when and where; else what it waits for."""
    gone = _gone(row["gone"], zone, as_of)
    if row["regions"]:
        return "; ".join(filter(None, [_live(row, zone, as_of), gone]))
    if row["merged_at"] is None and not gone:
        return "not merged yet"
    merged = f"merged {words.moment(row['merged_at'], zone, as_of)}, not deployed"
    waits = f"{gone}, not live since" if gone else merged
    return "; ".join(filter(None, [waits, _next(row)]))


def _live(row: Row, zone: str, as_of: datetime) -> str:
    if row["is_before_history"]:
        return "live since before the first deployment that is known"
    since = [
        f"{region['environment']} since {words.moment(region['live_since'], zone, as_of)}"
        for region in row["regions"]
    ]
    url = row["regions"][0]["url"]
    return f"live in {', '.join(since)}" + (f" ({url})" if url else "")


def _gone(rows: Sequence[Row], zone: str, as_of: datetime) -> str:
    """Say where it is not live any more, by a rollback or by what was deployed without it."""
    told = []
    for how, is_back in (("rolled back in", True), ("left out of", False)):
        places = [
            f"{one['environment']} on {words.moment(one['gone_at'], zone, as_of)}"
            for one in rows
            if one["is_rolled_back"] is is_back
        ]
        told += [f"{how} {', '.join(places)}"] if places else []
    return ", ".join(told)


def _next(row: Row) -> str:
    """Say when the next deployment is expected, where its service is one that still deploys."""
    if row["is_frozen"]:
        return f"its service is in a declared freeze to {words.day(row['frozen_to_on'])}"
    if row["service_state"] in ("stalled", "dormant"):
        return f"its service is {row['service_state']}: {cadence_words.silence(row)}"
    if row["next_from"] is None:
        return ""
    return cadence_words.expected(row["next_from"], row["next_to"])
