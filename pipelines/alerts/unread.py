"""What the latest collections could not read: its silence may be ours, so nobody is told of it.

Kept beside what was landed, for later commands tell from the same published file.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import polars as pl
from pydantic import TypeAdapter, ValidationError

from pipelines.errors import DrumbeatError
from pipelines.landing import write_durably

if TYPE_CHECKING:
    from pipelines.collected import Collected

FILE = "unread.json"
ENTITIES = {
    "", "repositories", "deployments", "runs", "releases", "tags", "events", "changes", "commits",
    "heads",
}  # fmt: skip
"""What tells of deployments and of what waits for one, and a source that could not be asked."""
Scopes = dict[str, list[str]]
"""Scopes that could not be read, by source; the empty one is the source as a whole."""
SHAPE: TypeAdapter[Scopes] = TypeAdapter(Scopes)
# A scope that is no repository, such as a pattern of names, is about all of its source.
SERVICES = """
select distinct stood_on.service, unread.source
from unread
inner join marts.service_sources as stood_on
    on unread.source = stood_on.source and stood_on.thing <> 'incidents'
inner join facts.services as services on stood_on.service = services.service
left join facts.repositories as repositories on unread.scope = repositories.name
where
    repositories.repository is null
    or services.repository is null
    or repositories.repository = services.repository
order by all
"""


class Unread(NamedTuple):
    """A service of which not all could be read, and the source that could not."""

    service: str
    source: str


def keep(data_dir: Path, collected: Iterable["Collected"]) -> None:
    """Keep what could not be read of the sources that were asked; others stay as they were."""
    found: dict[str, set[str]] = {}
    for one in collected:
        scopes = (failed.scope for failed in one.failures if failed.entity in ENTITIES)
        found.setdefault(one.source, set()).update(scopes)
    before = kept(data_dir)
    change(data_dir, before, before | {source: sorted(every) for source, every in found.items()})


def forget(data_dir: Path, name: str) -> None:
    """Keep nothing of a source or a scope any more."""
    before = kept(data_dir)
    left = {
        source: [scope for scope in every if scope != name]
        for source, every in before.items()
        if source != name
    }
    change(data_dir, before, left)


def change(data_dir: Path, before: Scopes, after: Scopes) -> None:
    """Write what is kept, where it is another than before."""
    after = {source: scopes for source, scopes in after.items() if scopes}
    if after != before:
        write_durably(data_dir / FILE, SHAPE.dump_json(after, indent=1))


def kept(data_dir: Path) -> Scopes:
    """Return what is kept; raises DrumbeatError where that is damaged."""
    path = data_dir / FILE
    try:
        return SHAPE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        raise DrumbeatError(
            f"{path} is not what was written; remove it, and run `drumbeat refresh` before alerts"
        ) from error


def services(con: duckdb.DuckDBPyConnection, scopes: Scopes) -> list[Unread]:
    """Return the services whose deployments, changes or commits come from what is unread."""
    rows = [(source, scope) for source, every in scopes.items() for scope in every]
    if not rows:
        return []
    frame = pl.DataFrame(rows, schema={"source": pl.String, "scope": pl.String}, orient="row")
    con.register("unread", frame)
    try:
        return [Unread(*row) for row in con.execute(SERVICES).fetchall()]
    finally:
        con.unregister("unread")
