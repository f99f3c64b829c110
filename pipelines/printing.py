"""Tables of plain text for a terminal, in the words of the pages."""

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from sql import names, words

MADE_UP = "Made-up data."
NUMBER = re.compile(r"-?[\d,]*\.?\d*")


def metric_table(rows: pl.DataFrame, *, has_periods: bool, is_git_only: bool = False) -> str:
    """Draw metric rows: one line a scope and metric, and a period where asked for.

    What to know when reading a number stands in notes below, by their numbers in its line.
    """
    head = ["", "from", "metric", "value", "between", "n", "notes"]
    found: dict[str, int] = {}
    body = [
        [
            row["name"],
            row["starts_on"].isoformat(),
            title(row, is_git_only=is_git_only),
            value(row),
            between(row),
            f"{row['n']:,}",
            "".join(f"[{number}]" for number in sorted(numbered(row, found))),
        ]
        for row in rows.iter_rows(named=True)
    ]
    left_out = {place for place, is_there in ((1, has_periods), (6, found)) if not is_there}
    kept = [place for place in range(len(head)) if place not in left_out]
    drawn = aligned([[line[place] for place in kept] for line in [head, *body]])
    below = [f"[{number}] {printable(note)}" for note, number in found.items()]
    return "\n".join([drawn, "", *below] if below else [drawn])


def numbered(row: dict[str, Any], found: dict[str, int]) -> list[int]:
    """Return the numbers of a row's notes; one not found before gets the next."""
    return [found.setdefault(note, len(found) + 1) for note in notes(row)]


def notes(row: dict[str, Any]) -> list[str]:
    """Return what to know when reading a number: that it is too few to tell, and its warnings."""
    few = [words.TOO_FEW] if row.get("is_too_few") and row["n"] else []
    return [*few, *(row.get("warnings") or ())]


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


def printable_lines(text: object) -> str:
    """Return several lines of text from outside without what a terminal would obey."""
    return "\n".join(map(printable, str(text).split("\n")))
