"""The answer of ``drumbeat compare`` in words: numbers, reasons, and the rows behind them."""

from collections.abc import Sequence
from typing import Any

import duckdb

from pipelines.comparing.differing import differences
from pipelines.comparing.reasons import sentence
from pipelines.comparing.telling import SHOWN, matrix, rows_table
from pipelines.windows import Window
from sql.tools import Tool

Row = dict[str, Any]
__all__ = ["SHOWN", "rows", "text"]


def text(
    con: duckdb.DuckDBPyConnection,
    chosen: Window,
    tools: Sequence[Tool],
    found: Sequence[Row],
    *,
    service: str | None,
    shown: int | None,
) -> str:
    """Return the matrix of one scope, and for each tool a sentence and so many rows a metric."""
    scope = "service" if service else "organisation"
    mine = [row for row in found if row["scope"] == scope]
    parts = [f"{service or 'The whole organisation'}\n\n{matrix(mine, tools)}"]
    for tool in tools:
        rows = differences(con, chosen, tool, service=service)
        parts.append(sentence(tool, rows, mine, has_regions=has_regions(con)))
        if shown != 0:
            parts.append(rows_table(tool, rows, shown))
    return "\n\n".join(parts)


def has_regions(con: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether any rollout is more than one deployment."""
    found = con.sql("select 1 from facts.deployments where rollout_id <> deployment_id limit 1")
    return bool(found.fetchall())


def rows(
    con: duckdb.DuckDBPyConnection, chosen: Window, tools: Sequence[Tool], service: str | None
) -> list[Row]:
    """Return the rows that make the difference to each tool, as JSON has them."""
    return [
        {"tool": tool.key, **row, "happened_on": str(row["happened_on"])}
        for tool in tools
        for row in differences(con, chosen, tool, service=service)
    ]
