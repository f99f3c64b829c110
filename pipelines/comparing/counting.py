"""Runs the SQL of other tools over a window, as temporary tables beside the published ones."""

from collections.abc import Sequence

import duckdb

from pipelines.errors import DrumbeatError
from pipelines.windows import Window
from sql import peering
from sql.peering import published
from sql.tools import Tool


def counted(
    con: duckdb.DuckDBPyConnection,
    chosen: Window,
    tools: Sequence[Tool],
    *,
    service: str | None = None,
    by: str = "window",
) -> None:
    """Make the tables of the tools, each called ``<tool>__<model>``."""
    check(con)
    today = chosen.as_of.astimezone(chosen.zone).date()
    days = {"since": chosen.since, "until": chosen.until, "today": today, "by": by}
    tables = [f"{tool.key}.metrics" for tool in tools]
    for text, params in peering.statements(
        tables, service=service, days=days, zone=chosen.zone.key
    ):
        con.execute(text, params)


def check(con: duckdb.DuckDBPyConnection) -> None:
    """Raise where the published file is of an earlier version that lacks what is read."""
    query = "select concat(schema_name, '.', table_name) from duckdb_tables()"
    missing = published() - {name for (name,) in con.execute(query).fetchall()}
    if missing:
        raise DrumbeatError(
            f"the published file has no {', '.join(sorted(missing))}, an earlier version made it; "
            "run `drumbeat rebuild`"
        )


def make(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    """Make tables, and what they are made by, over what was chosen."""
    for text, params in peering.made(tables):
        con.execute(text, params)
