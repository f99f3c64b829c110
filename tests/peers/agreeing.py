"""Compares what the SQL of other tools says of an organisation with what their words say."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines import comparing, windows
from pipelines.windows import Window
from sql.tools import TOOLS
from tests.cases import building
from tests.peers.words.code import Code
from tests.peers.words.datadog import Datadog
from tests.peers.words.devlake import DevLake
from tests.peers.words.four_keys import FourKeys
from tests.peers.words.gitlab import GitLab
from tests.peers.words.middleware import Middleware
from tests.peers.words.pelorus import Pelorus
from tests.reference.organisation import Organisation, Row

WORDS: Mapping[str, type[Code]] = {
    "devlake": DevLake, "middleware": Middleware, "four_keys": FourKeys, "gitlab": GitLab,
    "datadog": Datadog, "pelorus": Pelorus,
}  # fmt: skip


def built(con: duckdb.DuckDBPyConnection, folder: Path, organisation: Organisation) -> None:
    """Make the facts of an organisation that other tools' SQL reads."""
    building.tell(
        con,
        folder,
        comparing.published(),
        as_of=organisation.as_of,
        **organisation.tables,
        **organisation.settings(),
    )


def spans(con: duckdb.DuckDBPyConnection, by: str, chosen: Window) -> list[tuple[date, date]]:
    """Return first day and first day after of each period that has begun."""
    today = chosen.as_of.astimezone(chosen.zone).date()
    until = min(chosen.until, today + timedelta(days=1))
    if by == "window":
        return [(chosen.since, until)]
    every = [chosen.since + timedelta(days=n) for n in range((until - chosen.since).days)]
    firsts = sorted({max(first(day, by), chosen.since) for day in every})
    return list(zip(firsts, [*firsts[1:], until], strict=True))


def first(day: date, by: str) -> date:
    """Return the first day of a week or month."""
    return day.replace(day=1) if by == "month" else day - timedelta(days=day.weekday())


def differences(
    con: duckdb.DuckDBPyConnection, organisation: Organisation, chosen: Window, by: str = "window"
) -> Iterator[str]:
    """Yield a line for every number that differs."""
    comparing.counted(con, chosen, list(TOOLS.values()), by=by)
    for key, tool in TOOLS.items():
        words = WORDS[key](organisation)
        words.whole = chosen.since, chosen.until
        found = read(con, key)
        scopes = set(words.scopes())
        told = {(kind, name) for kind, name, _ in found}
        if scopes != told:
            yield f"{key}: scopes {scopes ^ told}"
        for scope in sorted(scopes & told):
            for since, until in spans(con, by, chosen):
                wanted = words.found(scope, since, until)
                for metric in tool.metrics:
                    row = found[*scope, since]
                    yield from compared(wanted[metric.metric], row, metric, (key, scope, since), by)


def compared(wanted: Any, row: Row, metric: Any, where: Any, by: str) -> Iterator[str]:
    """Yield a line where one number is not as the words have it."""
    value, unit, count, *bucket = wanted
    if by != "window" and where[0] == "devlake" and value is None:
        value = 0
    name = metric.metric
    said = (row[name], metric.unit, row[f"{name}_n"], row.get(f"{name}_bucket"))
    hoped = (value, unit, count, bucket[0] if bucket else None)
    same = said[0] == value or (
        said[0] is not None
        and value is not None
        and abs(float(said[0]) - float(value)) <= 1e-6 * max(1, abs(float(value)))
    )
    if not same or said[1:] != hoped[1:]:
        yield f"{where} {name}: wanted {hoped}, found {said}"


def read(con: duckdb.DuckDBPyConnection, key: str) -> dict[tuple[str, str, date], Row]:
    """Return the numbers of a tool by scope, name and first day."""
    rows = con.sql(f"from {key}__metrics").pl().to_dicts()
    return {(row["scope"], row["name"], row["starts_on"]): row for row in rows}


def chosen(con: duckdb.DuckDBPyConnection, since: date, until: date) -> Window:
    """Return a window over what was built."""
    return windows.window(con, since, until)
