"""The numbers of each tool in one shape, ours first."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from pipelines import windows
from pipelines.comparing.counting import counted
from pipelines.windows import Window
from sql import names
from sql.tools import OURS, Tool, numbers

Row = dict[str, Any]
ORDER = "case scope when 'organisation' then 1 when 'team' then 2 else 3 end, name, starts_on"


def compare(
    con: duckdb.DuckDBPyConnection,
    chosen: Window,
    tools: Sequence[Tool],
    *,
    service: str | None = None,
    by: str = "window",
    has_ours: bool = True,
) -> list[Row]:
    """Return our rows, then those of each tool, in its own units."""
    rows = list(ours(con, chosen, service, by)) if has_ours else []
    counted(con, chosen, tools, service=service, by=by)
    return rows + [row for tool in tools for row in theirs(con, tool, by)]


def ours(
    con: duckdb.DuckDBPyConnection, chosen: Window, service: str | None, by: str
) -> Iterator[Row]:
    """Yield our own rows, as ``drumbeat metrics --json`` has them."""
    for row in windows.metrics(con, chosen, by=by, service=service).iter_rows(named=True):
        called = names.metric(row["metric"], is_git_only=chosen.is_git_only)
        yield {"tool": OURS, **windows.json_row(row, by), "their_name": called}


def theirs(con: duckdb.DuckDBPyConnection, tool: Tool, by: str) -> Iterator[Row]:
    """Yield the rows of one tool."""
    found = con.sql(f"from {tool.key}__metrics order by {ORDER}").pl()
    for wide in found.iter_rows(named=True):
        yield from numbers(tool, wide, by)


def as_json(chosen: Window, rows: Sequence[Row]) -> Row:
    """Return the answer of ``drumbeat compare --json``."""
    return {
        "as_of": chosen.as_of.isoformat(),
        "since": chosen.moment(chosen.since),
        "until": chosen.moment(chosen.until),
        "rows": list(rows),
    }
