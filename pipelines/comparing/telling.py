"""Tables of plain text: tools beside each other, and the rows that make the difference."""

from collections.abc import Sequence
from typing import Any

from pipelines.printing import aligned, told
from sql import words
from sql.tools import METRICS, OURS, Tool, cell

Row = dict[str, Any]
SHOWN = 8


def matrix(rows: Sequence[Row], tools: Sequence[Tool]) -> str:
    """Draw one line a tool and one column a metric, each with what stands behind it."""
    head = ["", *(metric.replace("_", " ") for metric in METRICS)]
    titles = {OURS: "Drumbeat"} | {tool.key: tool.title for tool in tools}
    body = []
    for key, title in titles.items():
        found = {row["metric"]: row for row in rows if row["tool"] == key}
        body.append([title, *(cell(found[metric]) for metric in METRICS)])
    return aligned([head, *body])


def rows_table(tool: Tool, rows: Sequence[Row], shown: int | None = None) -> str:
    """Draw the rows that make the difference, all of them or the first of each metric."""
    head = ["metric", "", "id", "on", tool.title, "Drumbeat", "because of"]
    kept = rows if shown is None else first(rows, shown)
    lines = [
        [
            row["metric"].replace("_", " "), row["thing"], row["thing_id"],
            row["happened_on"].isoformat() if row["happened_on"] else "",
            row["theirs"], row["ours"], told(row["because_id"]),
        ]
        for row in kept
    ]  # fmt: skip
    left = len(rows) - len(kept)
    more = f"\n... and {words.counted(left, 'row')} more: --explain {tool.key}" if left else ""
    return f"{aligned([head, *lines])}{more}" if lines else "No row differs."


def first(rows: Sequence[Row], shown: int) -> list[Row]:
    """Return the first rows of each metric."""
    kept: list[Row] = []
    for metric in dict.fromkeys(row["metric"] for row in rows):
        kept += [row for row in rows if row["metric"] == metric][:shown]
    return kept
