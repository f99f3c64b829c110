"""One case: a folder of small tables in, small tables out."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import yaml

from connectors.neutral import TABLES
from pipelines import comparing, windows
from pipelines.steps import steps
from sql.tools import OURS, TOOLS

ASKED = {"since", "until", "service", "by", "tools"}
KEYS = {"says", "as_of", "settings", "overrides", "where", "compare"}
COMPARED = "compare"
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A folder with ``case.yaml``, neutral tables as CSV, and the tables ``expected``."""

    folder: Path

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """What ``case.yaml`` says; a key or file that nobody reads is a slip."""
        found = yaml.safe_load((self.folder / "case.yaml").read_text())
        files = {path.stem for path in self.folder.glob("*.csv")}
        assert found.keys() <= KEYS, f"unknown keys: {found.keys() - KEYS}"
        assert files <= TABLES.keys(), f"no neutral tables: {files - TABLES.keys()}"
        assert found["says"].strip(), "a case says in a sentence what it shows"
        assert self.expected, "a case expects something"
        assert found.get("where", {}).keys() <= self.expected.keys(), "where of no expected table"
        return found

    @property
    def as_of(self) -> datetime:
        """The moment at which it is looked at."""
        moment = self.told["as_of"]
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    @cached_property
    def expected(self) -> Mapping[str, Path]:
        """The file of every expected table."""
        return {path.stem: path for path in sorted((self.folder / "expected").glob("*.csv"))}

    @cached_property
    def tools(self) -> list[str]:
        """The tools that are asked for, else those that the expected table names."""
        _, rows = self.wanted(COMPARED)
        return self.told["compare"].get("tools") or sorted({row["tool"] for row in rows})

    @property
    def tables(self) -> list[str]:
        """The tables that have to be made for it; a window's numbers of ours may need any."""
        if COMPARED not in self.expected:
            return list(self.expected)
        return list(steps()) if OURS in self.tools else list(comparing.published())

    def wanted(self, table: str) -> tuple[list[str], list[Row]]:
        """Return the columns and the rows, as text, of an expected table."""
        with self.expected[table].open(encoding="utf-8", newline="") as opened:
            reader = csv.DictReader(opened)
            rows = list(reader)
            assert all(None not in row and None not in row.values() for row in rows), table
            return list(reader.fieldnames or ()), rows

    def found(self, con: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
        """Return the rows that the pipeline made, with the columns that are asked for."""
        if table == COMPARED:
            return self.compared(con)
        columns, _ = self.wanted(table)
        where = self.told.get("where", {}).get(table, "true")
        frame = con.sql(f"select {', '.join(columns)} from {table} where {where}").pl()
        return frame.to_dicts()

    def compared(self, con: duckdb.DuckDBPyConnection) -> list[Row]:
        """Return the rows of ``drumbeat compare --json`` that the expected table is about."""
        told = self.told.get("compare", {})
        assert told.keys() <= ASKED, f"unknown keys of compare: {told.keys() - ASKED}"
        chosen = windows.window(con, told.get("since"), told.get("until"))
        rows = comparing.compare(
            con,
            chosen,
            [tool for key, tool in TOOLS.items() if key in self.tools],
            service=told.get("service"),
            by=told.get("by", "window"),
            has_ours=OURS in self.tools,
        )
        columns, wanted = self.wanted(COMPARED)
        named = [name for name in ("tool", "scope", "name", "metric") if name in columns]
        kept = {tuple(row[name] for name in named) for row in wanted}
        return [
            defaultdict(lambda: None, row)
            for row in rows
            if tuple(row[name] for name in named) in kept
        ]

    def check(self, table: str, found: list[Row]) -> None:
        """Hold what was found against what is expected, in one order."""
        columns, rows = self.wanted(table)
        told = sorted(([text(row[name]) for name in columns] for row in found), key=order)
        wanted = sorted(([row[name] for name in columns] for row in rows), key=order)
        pairs = zip(told, wanted, strict=False)
        near = [alike(*pair) for pair in pairs] + told[len(wanted) :]
        # What the case says stands above the rows that differ.
        title = [self.told["says"], table]
        lines = [title, columns, *near], [title, columns, *wanted]
        said, hoped = ("\n".join(",".join(row) for row in side) for side in lines)
        assert said == hoped


def text(value: Any) -> str:
    """Return a value as expected tables hold it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ";".join(map(text, value))
    return "" if value is None else str(value)


def number(told: str) -> float | None:
    """Return the number that a text is, if it is one."""
    try:
        return float(told)
    except ValueError:
        return None


def order(row: list[str]) -> list[tuple[bool, float, str]]:
    """Order rows by numbers as numbers and by text as text."""
    found = [(number(cell), cell) for cell in row]
    return [(told is None, told or 0.0, cell if told is None else "") for told, cell in found]


def alike(found: list[str], wanted: list[str]) -> list[str]:
    """Return what was found, with numbers that are as wanted to six places written as wanted."""
    return [
        hoped
        if (one := number(said)) is not None
        and (other := number(hoped)) is not None
        and abs(one - other) <= 1e-6
        else said
        for said, hoped in zip(found, wanted, strict=True)
    ]
