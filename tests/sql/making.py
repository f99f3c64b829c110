"""A warehouse whose tables are made when they are asked for."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import duckdb

from pipelines.building import build
from pipelines.steps import steps
from tests.cases import building
from tests.cases.building import ancestry

TABLE = re.compile(r"\b(?:seeds|staging|facts|marts)\.\w+")


class Warehouse:
    """A connection that makes a table, and what it is made from, when a query names it.

    Most tests ask for one or two of two hundred. Whatever is done but a query makes all of them.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        fill: Callable[[Iterable[str]], object] | None = None,
    ):
        self._con, self._made = con, set[str]()
        self._fill = fill or self._build

    def sql(self, query: str, **told: Any) -> duckdb.DuckDBPyRelation:
        """Ask, as the connection does."""
        self._make(query)
        return self._con.sql(query, **told)

    def execute(self, query: str, *told: Any) -> duckdb.DuckDBPyConnection:
        """Ask, as the connection does."""
        self._make(query)
        return self._con.execute(query, *told)

    def whole(self) -> duckdb.DuckDBPyConnection:
        """Make all tables and return the connection itself."""
        self._make()
        return self._con

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole(), name)

    def _make(self, query: str = "duckdb_tables()") -> None:
        is_whole = "duckdb_" in query
        named = steps() if is_whole else steps().keys() & set(TABLE.findall(query))
        wanted = set[str]().union(*map(ancestry, named)) - self._made
        if wanted:
            self._fill(wanted)
            self._made |= wanted

    def _build(self, wanted: Iterable[str]) -> None:
        list(build(self._con, [step for name, step in steps().items() if name in wanted]))


@contextmanager
def organisation(
    folder: Path, *, as_of: datetime, **told: Any
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Tell what `support.organisation` publishes, each table made in memory once it is asked for.

    What the pipeline does to be durable and published is no part of it.
    """
    with building.warehouse() as con:

        def fill(wanted: Iterable[str]) -> None:
            building.tell(con, folder, wanted, as_of=as_of, **told)

        fill(())
        yield cast("duckdb.DuckDBPyConnection", Warehouse(con, fill))
