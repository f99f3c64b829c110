"""What a reader asks of the published metrics: the parameters of one address, checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from starlette.datastructures import QueryParams

from pipelines.receiving.answers import Refused

PARAMETERS: Mapping[str, str] = {
    "service": "This service only.",
    "team": "This team only.",
    "since": "First day: 2026-08-31.",
    "until": "First day left out.",
    "by": "One row a period: day, week or month.",
}
PERIODS = ("day", "week", "month")
MOST_DAYS = {"day": 400}
MOST_DAYS_OF_ALL = 3_700


@dataclass(frozen=True, slots=True)
class Question:
    """One window, and what of it is wanted; a day that is not asked for is the usual one."""

    service: str | None = None
    team: str | None = None
    since: date | None = None
    until: date | None = None
    by: str = "window"


def question(query: QueryParams) -> Question:
    """Read the parameters of an address; raises Refused with the one that is wrong."""
    for name in query:
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise wrong(name, f"is no parameter; there are: {known}, and none of a person")
        if len(query.getlist(name)) > 1:
            raise wrong(name, "must be given once")
    if query.get("service") and query.get("team"):
        raise wrong("team", "must not stand beside service; ask for one of them")
    by = query.get("by") or "window"
    if by not in ("window", *PERIODS):
        raise wrong("by", f"must be one of {', '.join(PERIODS)}, or be left out")
    since, until = day(query, "since"), day(query, "until")
    return Question(query.get("service") or None, query.get("team") or None, since, until, by)


def day(query: QueryParams, name: str) -> date | None:
    """Read a day."""
    text = query.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise wrong(name, "must be a day such as 2026-08-31") from None


def refuse_long(since: date, until: date, by: str) -> None:
    """Raise Refused where a window has more days than a server should count."""
    most = MOST_DAYS.get(by, MOST_DAYS_OF_ALL)
    if (until - since).days > most:
        raise wrong("since", f"must be at most {most:,} days before until; ask for less")


def wrong(name: str, said: str, status: int = 400) -> Refused:
    """Return the answer to a parameter that is not as it should be."""
    return Refused(status, said, field=name, reason="parameters of the metrics")


def maker(asked: Question) -> Callable[[Path], bytes]:
    """Return what answers a question from a published file."""
    # DuckDB and polars take half a second to load, which a receiver without readers need not.
    from pipelines.receiving.telling import metrics

    return partial(metrics, asked)
