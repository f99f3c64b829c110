"""Tables of plain text for a terminal, in the words of the pages."""

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from sql import names, words

NUMBER = re.compile(r"-?[\d,]*\.?\d*")


def metric_table(rows: pl.DataFrame, *, has_periods: bool, is_git_only: bool = False) -> str:
    """Draw metric rows: one line a scope and metric, and a period where asked for."""
    head = ["", "from", "metric", "value", "between", "n"]
    body = [
        [
            row["name"],
            row["starts_on"].isoformat(),
            title(row, is_git_only=is_git_only),
            value(row),
            between(row),
            f"{row['n']:,}",
        ]
        for row in rows.iter_rows(named=True)
    ]
    kept = [place for place in range(len(head)) if has_periods or place != 1]
    return aligned([[line[place] for place in kept] for line in [head, *body]])


def title(row: dict[str, Any], *, is_git_only: bool) -> str:
    """Say a metric's name inside a line."""
    return names.metric(row["metric"], is_git_only=is_git_only).lower()


def value(row: dict[str, Any]) -> str:
    """Say a metric's value in its unit."""
    if row["value"] is None:
        least = row["at_least"]
        return words.NOTHING if least is None else f"more than {words.duration(least)}"
    if row["unit"] == "per week":
        return f"{row['value']:.1f} a week"
    return words.rate(row["value"]) if row["unit"] == "rate" else words.duration(row["value"])


def between(row: dict[str, Any]) -> str:
    """Say the range that belongs to the value."""
    if row["metric"] == "change_lead_time":
        return f"middle half {words.duration_range(row['p25'], row['p75'])}" if row["n"] else ""
    if row["low"] is None:
        return ""
    if row["unit"] == "per week":
        return f"usual {words.count_range(row['low'], row['high'])}"
    if row["unit"] == "rate":
        return f"95 % {words.rate_range(row['low'], row['high'])}"
    return f"95 % {words.duration_range(row['low'], row['high'])}"


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Put cells under one another, a header first; numbers stand to the right."""
    clean = [[printable(cell) for cell in line] for line in lines]
    columns = list(zip(*clean, strict=True))
    widths = [max(map(len, column)) for column in columns]
    is_number = [all(map(NUMBER.fullmatch, column[1:])) for column in columns]
    drawn = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number, strict=True)
        )
        for line in clean
    ]
    return "\n".join(line.rstrip() for line in drawn)


def told(cell: object) -> str:
    """Return one cell as text; nothing where nothing is known."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)


def printable(text: object) -> str:
    """Return text from outside without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text))
