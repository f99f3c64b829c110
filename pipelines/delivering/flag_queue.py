"""The queue of flags as one issue a team, opened and kept up to date; and as lines of text."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from pipelines.alerts.occasions import occasion
from pipelines.alerts.telling import refuse
from pipelines.configuration.flags import Channel, Flags
from pipelines.delivering import issues
from pipelines.delivering.parcels import Parcel
from pipelines.reports.markdown import escape
from pipelines.reports.outside import plain

QUEUE = """
select
    team, place, flag_key, kind, services, age_days, removal_on, overdue_days, reasons,
    reference_count, evidence_url, observed_at
from marts.architecture_flags
where $team is null or lower(team) = lower($team)
order by team = '', team, place
"""
PAGE = re.compile(r"https?://[^\s()<>\[\]|]+")
NOBODY = "nobody"
MOST = 100
"""Rows of one issue: what comes after them waits longer than these anyway."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the issue of one team."""

    team: str
    channel: str
    fate: str
    said: str = ""


def queue(con: duckdb.DuckDBPyConnection, team: str | None = None) -> list[Row]:
    """Return the flags that wait for somebody, by team, oldest first."""
    found: list[Row] = con.sql(QUEUE, params={"team": team}).pl().to_dicts()
    return found


def refuse_another_moment(con: duckdb.DuckDBPyConnection) -> None:
    """Raise where what is published tells of a moment that somebody asked for."""
    refuse(
        occasion(con, datetime.now(UTC)), "issues of flags are", "print them without `--deliver`"
    )


def deliver(settings: Flags, rows: Sequence[Row], now: datetime | None = None) -> Iterator[Told]:
    """Open or update the issue of each team, where one of the channels is for it."""
    for team in dict.fromkeys(row["team"] for row in rows):
        own = [row for row in rows if row["team"] == team]
        for channel in channels(settings, team):
            parcel = packed(team, own, now or datetime.now(UTC))
            outcome = issues.put(channel, parcel, "")
            yield Told(team or NOBODY, channel.name, outcome.fate, outcome.said)
    yield from emptied(settings, {row["team"] for row in rows}, now or datetime.now(UTC))


def emptied(settings: Flags, teams: set[str], now: datetime) -> Iterator[Told]:
    """Say in the issue of a team that has a channel of its own that nothing waits any more."""
    for channel in settings.channels:
        team = channel.of.removeprefix("team ")
        if channel.of.startswith("team ") and team not in teams:
            outcome = issues.put(channel, packed(team, [], now), "")
            yield Told(team, channel.name, outcome.fate, outcome.said)


def channels(settings: Flags, team: str) -> list[Channel]:
    """Return where a team is told: its own channels, else those of the organisation."""
    own = [one for one in settings.channels if one.of == f"team {team}"]
    return own or [one for one in settings.channels if one.of == "organisation"]


def packed(team: str, rows: Sequence[Row], now: datetime) -> Parcel:
    """Return the issue of one team."""
    name = team or NOBODY
    body = "\n".join(written(rows))
    title = f"Feature flags of {plain(name)}: {len(rows)} {'waits' if len(rows) == 1 else 'wait'}"
    content = {"title": title, "body": body, "is_open": bool(rows)}
    digest = hashlib.sha256(body.encode()).hexdigest()
    # What stands in a mark can not end it.
    edition = f"drumbeat-flags-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return Parcel(edition, digest, now, content)


def written(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of an issue, as Markdown that obeys nothing others wrote."""
    if not rows:
        yield "No feature flag waits for anybody."
        return
    yield "Oldest first. Remove what is done with; give the others an owner and a day."
    yield ""
    yield "| flag | kind | service | age | remove by | why | files |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in rows[:MOST]:
        age = "" if row["age_days"] is None else f"{row['age_days']} d"
        cells = [
            linked(row["flag_key"], row["evidence_url"]),
            row["kind"],
            escape(row["services"]),
            age,
            "" if row["removal_on"] is None else f"{row['removal_on']}",
            escape(row["reasons"]),
            str(row["reference_count"]),
        ]
        yield f"| {' | '.join(cells)} |"
    if len(rows) > MOST:
        yield ""
        yield f"And {len(rows) - MOST} younger ones."


def linked(key: str, url: str | None) -> str:
    """Return a flag's key, leading to its page where it has one."""
    return f"[{escape(key)}]({url})" if url and PAGE.fullmatch(url) else escape(key)


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the queue as text for a terminal."""
    if not rows:
        yield "No feature flag waits for anybody."
    for team in dict.fromkeys(row["team"] for row in rows):
        yield f"{team or NOBODY}"
        for row in (one for one in rows if one["team"] == team):
            age = "age unknown" if row["age_days"] is None else f"{row['age_days']} d old"
            end = f", remove by {row['removal_on']}" if row["removal_on"] else ""
            told = f"{row['flag_key']} ({row['kind']}, {age}{end}): {row['reasons']}"
            yield f"  {row['place']:>2}  {told}"
