"""An organisation whose people are named wherever names land, and what is left of a name."""

import json
import re
from pathlib import Path

import duckdb
import polars as pl

from pipelines import keeping
from pipelines.forgetting import Request
from pipelines.landing import Landing
from pipelines.project import Project
from pipelines.settings import Run
from tests.support import Silent, at, project, published, refresh, rows, write

AS_OF = at("2026-03-20 12:00")
RUN = Run(AS_OF, AS_OF)
QUIET = Silent(is_terminal=False)
NAME = "Quilla Zedmore"
LOGIN = "qzedmore"


def tables() -> dict[str, list[dict[str, object]]]:
    """Return tables in which two people did everything, each told in several ways."""
    deployments = [
        {
            "deployment_id": f"d{day}",
            "service": "checkout",
            "author": who,
            "version": f"1.{day}",
            "started_at": at(f"2026-03-{day:02d} 10:00"),
            "finished_at": at(f"2026-03-{day:02d} 10:20"),
        }
        for day, who in ((2, NAME), (4, "Dev Two"), (9, NAME.upper()), (11, "Dev Two"))
    ]
    changes = [
        {
            "change_id": f"c{day}",
            "service": "checkout",
            "author": who,
            "deployment_id": f"d{day}",
            "title": title,
            "branch": branch,
            "reviewer": LOGIN,
            "merged_at": at(f"2026-03-{day:02d} 09:00"),
            "first_commit_at": at(f"2026-03-{day:02d} 06:00"),
        }
        for day, who, title, branch in (
            (2, LOGIN, "Pay faster", f"{LOGIN}/pay"),
            (4, "Dev Two", f"Undo what {NAME} did", "undo"),
            (9, NAME, "Pay slower", "pay"),
            (11, "qzedmore-two", "Of somebody else", "qzedmoretwo"),
        )
    ]
    incidents = [
        {
            "incident_id": "i1",
            "service": "checkout",
            "started_at": at("2026-03-09 11:00"),
            "resolved_at": at("2026-03-09 13:00"),
            "title": f"{LOGIN}: payments fail",
            "responder": NAME,
        }
    ]
    commits = [
        {
            "repository": "shop",
            "sha": f"{day:040x}",
            "authored_at": at(f"2026-03-{day:02d} 06:00"),
            "author": who,
            "subject": f"Merge branch {LOGIN}/x",
            "parents": "",
        }
        for day, who in ((2, NAME), (4, "Dev Two"))
    ]
    return {"deployments": deployments, "changes": changes, "incidents": incidents,
            "commits": commits}  # fmt: skip


def organised(folder: Path, **settings: object) -> Project:
    """Return the project of a folder."""
    return project(folder, services=[{"name": "checkout", "team": "shops"}], **settings)


def organisation(folder: Path, **settings: object) -> Project:
    """Refresh an organisation; return its project."""
    write(folder / "files", **tables())
    found = organised(folder, **settings)
    refresh(found, AS_OF)
    return found


def forget(found: Project, what: str, name: str) -> keeping.Forgot:
    """Forget, as of the moment of the tests."""
    return keeping.forget(found, Request(what, name), RUN, QUIET)


def numbers(found: Project) -> list[tuple[object, ...]]:
    """Return all metrics that are published."""
    with published(found) as con:
        return rows(con, "from marts.metrics order by all")


def payloads(found: Project, entity: str) -> list[tuple[str, str]]:
    """Return id and payload of every version that is landed."""
    landing = Landing(str(found.data_dir / "landing"))
    frames = [pl.read_parquet(landing.url(file)) for file in landing.files("*", entity)]
    if not frames:
        return []
    return sorted(pl.concat(frames, how="diagonal_relaxed").select("record_id", "payload").rows())


def standing(folder: Path, *names: str) -> list[str]:
    """Return the files below a folder in which a name stands, however it is packed."""
    pattern = re.compile("|".join(map(re.escape, names)), re.IGNORECASE)
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        # A link leads to what is looked through by its own name.
        if path.is_file() and not path.is_symlink() and any(map(pattern.search, texts(path)))
    )


def texts(path: Path):
    """Yield all that a file holds: its bytes, and the cells of Parquet and DuckDB."""
    yield path.read_bytes().decode("latin-1")
    if path.suffix == ".parquet":
        for row in pl.read_parquet(path).iter_rows():
            yield json.dumps(row, default=str, ensure_ascii=False)
        yield json.dumps(pl.read_parquet_metadata(path))
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            tables = "select concat(schema_name, '.', table_name) from duckdb_tables() "
            found = rows(con, f"{tables} where estimated_size > 0")
            for (table,) in found:
                for row in rows(con, f"from {table}"):
                    yield json.dumps(row, default=str, ensure_ascii=False)
