"""One refresh: collect into landing, bring the warehouse up to it, publish."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from connectors import Connector, SourceError
from pipelines import publishing, raw, settings
from pipelines.collecting import Collection
from pipelines.configuration import FILE_NAME, AnySource, dump
from pipelines.errors import DrumbeatError
from pipelines.landing import Landing, run_names, write_durably
from pipelines.locking import locked
from pipelines.progress import Progress
from pipelines.project import Project
from pipelines.steps import steps
from pipelines.warehouse import Built, build, opened

PARALLEL = 8
PARTIAL = ".partial-warehouse.duckdb"
TEMPORARY = ".as-it-was-known-"


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one source."""

    source: str
    landed: int
    error: str = ""


@dataclass(slots=True)
class Outcome:
    """What one refresh did."""

    published: Path
    collected: list[Collected] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    undeployed: list[str] = field(default_factory=list)


def refresh(
    project: Project,
    run: settings.Run,
    progress: Progress,
    *,
    wait: bool = True,
    is_past: bool = False,
) -> Outcome:
    """Collect every source, build and publish; a source that fails stops no other."""
    with locked(project.data_dir, wait=wait, say=progress.say):
        tidy(project)
        keep(project)
        collected = collect(project, progress)
        if all(source.error and not source.landed for source in collected):
            said = [f"{source.source}: {source.error}" for source in collected]
            raise DrumbeatError("\n".join(["no source was collected, nothing is changed:", *said]))
        with warehouse(project, is_temporary=is_past) as con:
            return brought_up(con, project, run, progress, collected, is_past=is_past)


def rebuild(
    project: Project,
    run: settings.Run,
    progress: Progress,
    *,
    wait: bool = True,
    is_past: bool = False,
) -> Outcome:
    """Make a new warehouse from the landing zone alone, and swap it in once it is whole."""
    with locked(project.data_dir, wait=wait, say=progress.say):
        tidy(project)
        new = project.warehouse.with_name(PARTIAL)
        with opened(new) as con:
            outcome = brought_up(con, project, run, progress, [], is_past=is_past)
        if not is_past:
            remove(project.warehouse)
            new.replace(project.warehouse)
        remove(new)
        return outcome


def tidy(project: Project) -> None:
    """Remove what killed runs left half made."""
    remove(project.warehouse.with_name(PARTIAL))
    for folder in project.data_dir.glob(f"{TEMPORARY}*"):
        shutil.rmtree(folder)


def keep(project: Project) -> None:
    """Keep the effective configuration, without secrets, beside the data it makes."""
    write_durably(project.data_dir / FILE_NAME, dump(project.configuration).encode())


def collect(project: Project, progress: Progress) -> list[Collected]:
    """Collect all sources side by side."""
    landing = project.landing
    landing.sweep()
    sources = project.configuration.sources
    with progress.task("Collecting", len(sources)) as task, ThreadPoolExecutor(PARALLEL) as pool:

        def one(source: AnySource) -> Collected:
            found = collect_source(project, landing, source, task.count)
            task.advance()
            return found

        return list(pool.map(one, sources))


def collect_source(
    project: Project, landing: Landing, source: AnySource, count: Callable[[int], None]
) -> Collected:
    """Collect one source, entity by entity; one that fails stops no other."""
    landed, errors = 0, []
    connector = project.connector(source)
    for entity in connector.entities:
        try:
            landed += collect_entity(landing, source, connector, entity, count)
        except SourceError as error:
            errors.append(str(error))
    # What fails several entities is told once.
    return Collected(source.name, landed, "; ".join(dict.fromkeys(errors)))


def collect_entity(
    landing: Landing,
    source: AnySource,
    connector: Connector,
    entity: str,
    count: Callable[[int], None],
) -> int:
    """Collect one entity of one source; return how many versions were new."""
    names = run_names(landing, source.name, datetime.now(UTC))
    return Collection(landing, source.name, entity, names).run(connector, count)


def brought_up(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    run: settings.Run,
    progress: Progress,
    collected: list[Collected],
    *,
    is_past: bool,
) -> Outcome:
    """Merge, build and publish."""
    known_at = run.known_at if is_past else None
    if known_at:
        refuse_before_history(project, known_at)
    raw.merge(con, project.landing, project.kinds, known_at)
    settings.write(con, project.configuration, run)
    with progress.task("Building", len(steps())) as task:
        built = build(con, lambda _: task.advance())
    with progress.task("Publishing", 1) as task:
        published = publishing.publish(con, project.serving, datetime.now(UTC))
        task.advance()
    return Outcome(published, collected, built, rejected(con), undeployed(con))


def refuse_before_history(project: Project, known_at: datetime) -> None:
    """Raise where nothing had been collected yet at ``known_at``."""
    names = [file.name for file in project.landing.files() if file.source in project.kinds]
    first = min(names, default="").split("-")[0]
    if not first or f"{known_at.astimezone(UTC):%Y%m%dT%H%M%S%f}" < first:
        since = f"first collected on {first[:4]}-{first[4:6]}-{first[6:8]}" if first else "empty"
        raise DrumbeatError(
            f"--known-at {known_at.isoformat()}: nothing was known then, the landing zone was "
            f"{since}; leave out --known-at to tell that week with today's knowledge"
        )


def rejected(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a sentence for every row that could not be read."""
    rows = con.sql(
        "select subject, detail from marts.data_quality where kind = 'rejected row' order by all"
    ).fetchall()
    return [f"{subject}: {detail}" for subject, detail in rows]


def undeployed(con: duckdb.DuckDBPyConnection) -> list[str]:
    """List the services that no production deployment is known of."""
    rows = con.sql(
        "select service from marts.data_quality where kind = 'service without a deployment' "
        "order by service"
    ).fetchall()
    return [service for (service,) in rows]


@contextmanager
def warehouse(project: Project, *, is_temporary: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse, or a temporary one for a week as it was seen."""
    if is_temporary:
        with (
            TemporaryDirectory(dir=project.data_dir, prefix=TEMPORARY) as folder,
            opened(Path(folder) / "warehouse.duckdb") as con,
        ):
            yield con
        return
    try:
        with opened(project.warehouse) as con:
            yield con
    except (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException) as error:
        if "No space left" in str(error):
            raise DrumbeatError(f"the disk is full: {error}\nWhat is published stays.") from error
        raise DrumbeatError(
            f"{project.warehouse} can not be used: {error}\n"
            "It is only a cache: `drumbeat rebuild` makes it again from the landing zone."
        ) from error


def remove(path: Path) -> None:
    """Remove a DuckDB file and its write-ahead log."""
    # The log first: alone it would be played into the next file of that name.
    for one in (path.with_name(f"{path.name}.wal"), path):
        one.unlink(missing_ok=True)
