"""The published file: found through its pointer, opened read only, asked with SQL."""

import os
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import polars as pl
import streamlit as st

MEMORY = "512MB"
KEPT = 2
_open: dict[Path, duckdb.DuckDBPyConnection] = {}
_opening = Lock()
_pinned: ContextVar[Path | None] = ContextVar("pinned", default=None)


class NotPublishedError(Exception):
    """Nothing has been published in the data directory yet."""


def folder() -> Path:
    """Return the data directory that the launcher named, else ``./data``."""
    return Path(os.environ.get("DRUMBEAT_DATA_DIR") or "data")


def published() -> Path:
    """Return the file that the pointer names now."""
    serving = folder() / "serving"
    try:
        name = (serving / "current.txt").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NotPublishedError(serving) from None
    path = serving / Path(name).name
    if not name or not path.is_file():
        raise NotPublishedError(path)
    return path


def pin() -> None:
    """Answer all that this run of a page asks from one file, whatever is published meanwhile."""
    _pinned.set(None)
    _pinned.set(cursor()[0])


def cursor() -> tuple[Path, duckdb.DuckDBPyConnection]:
    """Return the current file and a cursor of one's own on it."""
    # The file may be swept away between reading the pointer and opening it, so it is read again.
    for _ in range(3):
        path = _pinned.get() or published()
        try:
            return path, _connection(path).cursor()
        except duckdb.IOException as error:
            _pinned.set(None)
            gone = error
    raise NotPublishedError(path) from gone


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a cursor of one's own on a file, for several statements that belong together."""
    return _connection(path).cursor()


def ask(query: str, params: Sequence[Any] = ()) -> pl.DataFrame:
    """Answer a question from the published file; the answer is kept while that file is current."""
    path, _ = cursor()
    return _answer(str(path), query, tuple(params))


def row(query: str, params: Sequence[Any] = ()) -> dict[str, Any]:
    """Answer a question with its first row, empty when there is none."""
    rows = ask(query, params).head(1).to_dicts()
    return rows[0] if rows else {}


# Names of a thousand services are a key sooner as their text than one by one.
@st.cache_data(max_entries=512, show_spinner=False, hash_funcs={tuple: repr})
def _answer(path: str, query: str, params: tuple[Any, ...]) -> pl.DataFrame:
    with _connection(Path(path)).cursor() as con:
        answer: pl.DataFrame = con.sql(query, params=list(params)).pl()
        return answer


def _connection(path: Path) -> duckdb.DuckDBPyConnection:
    """Open each file once, and let go of all but the one before it.

    One process can't open a file under two configurations, so pages and analysts share the
    strict one: nothing outside the file can be read, and nothing can be set.
    """
    with _opening:
        if path not in _open:
            opened = _strict(path)
            # A page that began on the file before this one still ends on it.
            for old in list(_open)[: 1 - KEPT or None]:
                del _open[old]
            _open[path] = opened
        return _open[path]


def _strict(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(
        path,
        read_only=True,
        config={
            "memory_limit": MEMORY,
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            # Else a query could read this program's own variables by name.
            "python_enable_replacements": "false",
        },
    )
    # Time zones come with icu, which must be loaded before the door closes.
    for setting in (
        "load icu",
        "set global TimeZone = 'UTC'",
        "set enable_external_access = false",
        "set lock_configuration = true",
    ):
        con.execute(setting).fetchall()
    return con
