"""An organisation in a few lines: neutral files, the real pipeline, the published tables."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import duckdb
import yaml

from connectors.neutral import TABLES
from pipelines import publishing, refreshing
from pipelines.configuration import parse
from pipelines.progress import Lines, Progress, Task
from pipelines.project import Project
from pipelines.settings import Run

Row = Mapping[str, Any]


class Silent(Progress):
    """Progress that says nothing."""

    def say(self, text: str) -> None:
        """Keep quiet."""

    @contextmanager
    def task(self, title: str, total: int) -> Iterator[Task]:
        """Keep quiet about a stage too."""
        yield Lines(title, total, told=inf)


def at(text: str) -> datetime:
    """Return the moment that ``2026-03-02 09:00`` is in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(value: Any) -> Any:
    """Return a value as the neutral files hold it."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def write(folder: Path, **tables: Iterable[Row]) -> Path:
    """Write neutral tables as NDJSON; values that are None are left out, times are told in UTC."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        lines = [
            json.dumps({key: told(value) for key, value in row.items() if value is not None})
            for row in tables.get(name, ())
        ]
        (folder / f"{name}.ndjson").write_text("".join(f"{line}\n" for line in lines))
    return folder


def project(folder: Path, **settings: Any) -> Project:
    """Return the project of ``folder``, whose one source is the files in ``folder/files``."""
    sources = [{"kind": "files", "name": "files", "path": str(folder / "files")}]
    text = yaml.safe_dump({"sources": sources, **settings})
    return Project(parse(text, folder / "drumbeat.yaml"), folder / "data")


def refresh(found: Project, as_of: datetime) -> refreshing.Outcome:
    """Collect, build and publish as of a moment; a source that fails is an error here."""
    begin(found.data_dir)
    return refreshed(found, as_of)


def refreshed(found: Project, as_of: datetime) -> refreshing.Outcome:
    """Do so in the data directory as it is."""
    outcome = refreshing.refresh(found, Run(as_of, as_of), Silent(is_terminal=False))
    assert not [one.error for one in outcome.collected if one.error]
    return outcome


@cache
def empty() -> Path:
    """Return the data of an organisation without rows, made once in each process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    write(folder / "files")
    found = project(folder)
    refreshed(found, at("2026-01-01 00:00"))
    # What is landed is not what is made of it.
    shutil.rmtree(found.landing.root)
    for old in (found.data_dir / "drumbeat.yaml", found.data_dir / "lock"):
        old.unlink(missing_ok=True)
    return found.data_dir


def begin(data: Path) -> None:
    """Let data that is not there yet begin as that of an organisation without rows.

    So only the tables are made that are not as they are there.
    """
    if not data.exists():
        shutil.copytree(empty(), data, symlinks=True)


def published(found: Project) -> duckdb.DuckDBPyConnection:
    """Open what readers see."""
    con = duckdb.connect(str(publishing.current(found.serving)), read_only=True)
    con.execute("set TimeZone = 'UTC'")
    return con


def organisation(
    folder: Path,
    *,
    as_of: datetime,
    **told: Any,
) -> duckdb.DuckDBPyConnection:
    """Write the tables, run the real pipeline and open the published file.

    Of what is ``told``, lists are neutral tables and the rest keys of ``drumbeat.yaml``; without
    ``services`` the data names them.
    """
    tables = {name: told.pop(name) for name in TABLES if isinstance(told.get(name), list | tuple)}
    write(folder / "files", **tables)
    found = project(folder, **told)
    refresh(found, as_of)
    return published(found)


def rows(con: duckdb.DuckDBPyConnection, query: str, *params: Any) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    return con.sql(query, params=list(params) or None).fetchall()


def contents(con: duckdb.DuckDBPyConnection, *but: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of every table of facts and marts, in one order, ``but`` some tables."""
    tables = rows(
        con,
        "select concat(schema_name, '.', table_name) from duckdb_tables() "
        "where schema_name in ('facts', 'marts') order by all",
    )
    return {
        table: rows(con, f"from {table} order by all") for (table,) in tables if table not in but
    }


def changed(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables that are not the same in both, with the rows that only one has."""
    assert one.keys() == other.keys()
    return {
        table: [
            row
            for row in [*one[table], *other[table]]
            if row not in one[table] or row not in other[table]
        ]
        for table in one
        if one[table] != other[table]
    }


@dataclass
class Stories:
    """Services that share nothing, told one by one beside their tests and built together.

    Rows get the service's name, ids and its repository where they say nothing else.
    """

    as_of: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    services: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in TABLES}
    )

    def service(self, name: str, *, settings: Row | None = None, **tables: Iterable[Row]) -> str:
        """Add a service and what happened to it; return its name."""
        self.services.append({"name": name, "repository": name, **(settings or {})})
        for table, found in tables.items():
            known: dict[str, Any] = (
                {"repository": name} if table == "commits" else {"service": name}
            )
            key = TABLES[table].key[-1]
            for number, row in enumerate(found, start=1):
                self.tables[table].append({key: f"{name}-{number}", **known, **row})
        return name

    def build(self, folder: Path) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Make, of all that was told, what is asked for."""
        from tests.sql.making import organisation

        return organisation(
            folder, as_of=self.as_of, services=self.services, **self.tables, **self.settings
        )


def metric(
    con: duckdb.DuckDBPyConnection, name: str, wanted: str, starts_on: str, period: str = "week"
) -> dict[str, Any]:
    """Return the row of ``marts.metrics`` of one name and period; empty where there is none."""
    found = con.sql(
        "from marts.metrics where name = $1 and metric = $2 and period = $3 and starts_on = $4",
        params=[name, wanted, period, starts_on],
    ).pl()
    assert len(found) <= 1
    return found.to_dicts()[0] if len(found) else {}
