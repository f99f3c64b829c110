"""Events in a few lines: translated as the receiver does, landed, and built for real."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from connectors import Batch, Cursor, Record
from connectors.events import github, plain
from pipelines.collecting import Collection
from pipelines.configuration import parse
from pipelines.landing import run_names
from pipelines.project import Project
from tests.sql.hosts import AS_OF, CodeHost, built, land, march
from tests.support import told

EVENTS = {"kind": "events", "name": "events", "tokens": [{"name": "ci", "token": "${HOST_TOKEN}"}]}
TOKEN = "told-by-a-test-and-long"
RECEIVED = march("31 12:00")


@dataclass(frozen=True)
class Pushed:
    """What was pushed to one source; its own connector."""

    records: Sequence[Record]
    entities: tuple[str, ...] = field(default=("events",))

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Yield everything that was pushed."""
        yield Batch(entity, "", list(self.records))


def posted(kind: str, **fields: Any) -> list[Record]:
    """Return what a plain event lands as: ``finished_at="2 09:00"`` is a time in March 2026."""
    times = {name: told(march(value)) for name, value in fields.items() if name.endswith("_at")}
    body = {**fields, **times}
    found = plain.translate({}, body, host="", kind=kind, received_at=RECEIVED)
    return [event.record() for event in found]


def hooked(number: int, state: str, moment: str, **fields: Any) -> list[Record]:
    """Return what GitHub's webhook on a status of a deployment of acme/shop lands as."""
    at = told(march(moment))
    deployment = {
        "id": number, "sha": fields.get("sha", "a" * 40), "ref": "main", "task": "deploy",
        "environment": "production", "created_at": at, "updated_at": at,
        "creator": {"login": fields.get("login", "ann"), "type": "User"}, "url": "https://github.com/x",
    }  # fmt: skip
    status = {
        "id": 1,
        "state": state,
        "created_at": at,
        "updated_at": at,
        "environment": "production",
    }
    repository = {"full_name": "acme/shop", "html_url": "https://github.com/acme/shop"}
    body = {
        "action": "created", "deployment": deployment, "deployment_status": status,
        "repository": repository,
    }  # fmt: skip
    headers = {"X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": f"{number}-{state}-{at}"}
    found = github.translate(headers, body, host="github.com", received_at=RECEIVED)
    return [event.record() for event in found]


@contextmanager
def organisation(
    folder: Path,
    pushed: Mapping[str, Sequence[Sequence[Record]]],
    *hosts: CodeHost,
    as_of: datetime = AS_OF,
    **keys: Any,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build what was pushed, by source and in batches, beside what hosts tell."""
    sources = [EVENTS, *(host.source() for host in hosts)]
    text = yaml.safe_dump({"sources": sources, **keys})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOST_TOKEN", TOKEN)
        found = Project(parse(text, folder / "drumbeat.yaml"), folder / "data")
    land(found, hosts)
    for source, batches in pushed.items():
        for turn, batch in enumerate(batches):
            now = as_of + timedelta(minutes=turn)
            names = run_names(found.landing, source, now)
            part = Collection(found.landing, source, "events", names, now=lambda now=now: now)
            part.run(Pushed(batch), lambda count: None)
    with built(found, as_of) as con:
        yield con
