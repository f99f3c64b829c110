"""Code hosts in a few lines: what they tell of repositories, landed and built for real."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl
import pytest
import yaml

from connectors import Batch, Cursor, Record
from pipelines import raw, reaching, settings
from pipelines.collecting import Collection
from pipelines.configuration import parse
from pipelines.landing import run_names
from pipelines.project import Project
from pipelines.warehouse import opened
from tests.sql.making import Warehouse
from tests.support import at, told

AS_OF = at("2026-03-20 12:00")
URLS = {"github": "https://github.com", "gitlab": "https://gitlab.com"}
COMMIT = {
    "record_id": pl.String,
    "updated_at": pl.Datetime("us", "UTC"),
    "parents": pl.String,
    "authored_at": pl.Datetime("us", "UTC"),
    "committed_at": pl.Datetime("us", "UTC"),
    "author": pl.String,
    "subject": pl.String,
    "reverts": pl.String,
    "paths": pl.List(pl.String),
}


def march(text: str) -> datetime:
    """Return the moment that ``2 09:00``, a day of March 2026 and a time, is in UTC."""
    day, clock = text.split()
    return at(f"2026-03-{int(day):02} {clock}")


def words(*happened: str) -> str:
    """Return each ``approved 2 09:00 ann`` as ``approved@2026-03-02T09:00:00Z@ann``."""
    return " ".join(map(word, happened))


def word(happened: str) -> str:
    """Return one thing that happened as payloads have it."""
    state, day, clock, *rest = happened.split()
    return "@".join([state, told(march(f"{day} {clock}")), *rest])


def times(*moments: str) -> str:
    """Return moments as payloads have them, blank between."""
    return " ".join(told(march(moment)) for moment in moments)


def sha(name: str) -> str:
    """Return the sha that a test's commit has."""
    return hashlib.sha1(name.encode()).hexdigest()


def payload(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload: without what is unknown, times as texts."""
    moments = {name for name in fields if name.endswith("_at") and isinstance(fields[name], str)}
    told_of = {name: march(fields[name]) if name in moments else fields[name] for name in fields}
    return {name: told(value) for name, value in told_of.items() if value is not None}


@dataclass
class CodeHost:
    """One host, told repository by repository beside the tests; it is its own connector."""

    kind: str = "github"
    name: str = ""
    batches: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    cursors: dict[tuple[str, str], Cursor] = field(default_factory=dict)

    entities = (
        "repositories", "commits", "tags", "heads", "changes", "deployments", "runs", "releases",
        "issues", "settings",
    )  # fmt: skip

    def __post_init__(self) -> None:
        self.name = self.name or self.kind

    def tell(self, entity: str, scope: str, record_id: Any, **fields: Any) -> None:
        """Say one thing; of two with one id the later holds."""
        is_deleted = fields.pop("is_deleted", False)
        record = Record(entity, str(record_id), payload(fields), is_deleted=is_deleted)
        self.batches.setdefault(entity, {}).setdefault(scope, []).append(record)

    def repository(self, scope: str, **fields: Any) -> str:
        """Say that there is a repository; return its scope."""
        number = int(sha(scope)[:6], 16)
        known = {"name": scope, "full_name": scope, "default_branch": "main"}
        self.tell("repositories", scope, number, **{**known, **fields})
        return scope

    def change(self, scope: str, number: int, **fields: Any) -> None:
        """Say that there is a pull or merge request, into the default branch if not said."""
        known = {"number": number, "author": "ann", "is_bot": False, "base_branch": "main"}
        state = "merged" if fields.get("merged_at") else "open"
        self.tell("changes", scope, number, **{**known, "state": state, **fields})

    def deployment(self, scope: str, number: int, *statuses: str, **fields: Any) -> None:
        """Say that there is a deployment, to production if not said, and its course."""
        known = {"environment": "production", "author": "ann", "statuses": words(*statuses)}
        created = " ".join(statuses[0].split()[1:3]) if statuses else None
        self.tell("deployments", scope, number, **{"created_at": created, **known, **fields})

    def run(self, scope: str, record_id: str, state: str, **fields: Any) -> None:
        """Say that there is a run of the workflow Deploy."""
        known = {"name": "Deploy", "state": state, "author": "ann"}
        self.tell("runs", scope, record_id, **{**known, **fields})

    def release(self, scope: str, number: int, tag: str, published: str, **fields: Any) -> None:
        """Say that there is a release."""
        self.tell("releases", scope, number, tag=tag, published_at=published, **fields)

    def tag(self, scope: str, name: str, tagged: str, commit: str) -> None:
        """Say that there is a tag."""
        self.tell("tags", scope, name, name=name, sha=sha(commit), tagged_at=tagged)

    def issue(self, scope: str, number: int, opened_at: str, **fields: Any) -> None:
        """Say that there is an incident."""
        state = "closed" if fields.get("closed_at") else "open"
        known = {"number": number, "labels": "incident", "state": state, "opened_at": opened_at}
        self.tell("issues", scope, number, **{**known, **fields})

    def commit(self, scope: str, name: str, moment: str, *parents: str, **fields: Any) -> None:
        """Say that there is a commit, committed when it was authored if not said."""
        authored, committed = march(moment), march(fields.pop("committed", moment))
        row = {"record_id": sha(name), "parents": " ".join(map(sha, parents)), "author": "ann"}
        row |= {"authored_at": authored, "committed_at": committed, "updated_at": committed}
        row |= {"subject": name, "reverts": "", "paths": None, **fields}
        self.batches.setdefault("commits", {}).setdefault(scope, []).append(row)

    def line(self, scope: str, *commits: str) -> None:
        """Say that the default branch is these commits: ``a 2 09:00``, one on the other."""
        earlier: tuple[str, ...] = ()
        for told_of in commits:
            name, moment = told_of.split(" ", 1)
            self.commit(scope, name, moment, *earlier)
            earlier = (name,)
        self.head(scope, *earlier)

    def head(self, scope: str, name: str) -> None:
        """Say where the default branch is."""
        self.tell("heads", scope, "main", name="main", sha=sha(name), is_default=True)

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Yield what was told of the entity."""
        for scope, rows in self.batches.get(entity, {}).items():
            held: Any = rows
            if entity == "commits":
                held = pl.DataFrame(rows, schema=COMMIT, orient="row")
            yield Batch(entity, scope, held, self.cursors.get((entity, scope)))

    def source(self) -> dict[str, Any]:
        """Return the source as the configuration has it."""
        found = {"kind": self.kind, "name": self.name, "repositories": ["acme/*"]}
        return {**found, "url": URLS[self.kind], "token": "${HOST_TOKEN}"}


def project(
    folder: Path, hosts: Sequence[CodeHost], *others: Mapping[str, Any], **keys: Any
) -> Project:
    """Return a project whose sources are the hosts, then the others."""
    sources = [*(host.source() for host in hosts), *others]
    text = yaml.safe_dump({"sources": sources, **keys})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOST_TOKEN", "told-by-a-test")
        return Project(parse(text, folder / "drumbeat.yaml"), folder / "data")


def land(found: Project, hosts: Sequence[CodeHost], now: datetime = AS_OF) -> None:
    """Collect every source into the landing zone."""
    made = {host.name: host for host in hosts}
    for source in found.configuration.sources:
        connector = made.get(source.name) or found.connector(source)
        names = run_names(found.landing, source.name, now)
        for entity in connector.entities:
            part = Collection(found.landing, source.name, entity, names, now=lambda: now)
            part.run(connector, lambda count: None)
            assert not part.failures


@contextmanager
def built(
    found: Project,
    as_of: datetime = AS_OF,
    known_at: datetime | None = None,
    *,
    is_whole: bool = False,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build a warehouse in memory from what is landed: all of it, or as far as it is asked for."""
    with opened(":memory:") as con:
        raw.merge(con, found.landing, found.kinds, known_at)
        reaching.write(con, found.landing, found.kinds, known_at)
        settings.write(con, found.configuration, settings.Run(as_of, known_at or as_of))
        made = Warehouse(con)
        yield made.whole() if is_whole else cast("duckdb.DuckDBPyConnection", made)


@contextmanager
def organisation(
    folder: Path, *sources: CodeHost | Mapping[str, Any], as_of: datetime = AS_OF, **keys: Any
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Land what the sources tell and build it; without ``services`` the data names them."""
    hosts = [source for source in sources if isinstance(source, CodeHost)]
    others = [source for source in sources if not isinstance(source, CodeHost)]
    found = project(folder, hosts, *others, **keys)
    land(found, hosts)
    with built(found, as_of) as con:
        yield con
