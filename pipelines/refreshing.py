"""One refresh: collect into landing, bring the warehouse up to it, publish."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipelines import (
    forgetting,
    gathering,
    ledger_definitions,
    publishing,
    raw,
    reaching,
    settings,
)
from pipelines.alerts import unread
from pipelines.building import Built, build
from pipelines.collected import Collected
from pipelines.configuration import FILE_NAME, dump
from pipelines.errors import DrumbeatError
from pipelines.landing import write_durably
from pipelines.locking import locked
from pipelines.progress import Progress, Quiet
from pipelines.project import Project
from pipelines.receiving.sealing import sealed
from pipelines.steps import steps
from pipelines.warehouse import opened

EARLY_SECONDS = 600.0
PARTIAL = ".partial-warehouse.duckdb"
TEMPORARY = ".as-it-was-known-"


@dataclass(slots=True)
class Outcome:
    """What one refresh did."""

    published: Path
    collected: list[Collected] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    undeployed: list[str] = field(default_factory=list)
    reached: Mapping[str, datetime] = field(default_factory=dict)


def refresh(
    project: Project,
    run: settings.Run,
    progress: Progress,
    *,
    wait: bool = True,
    is_past: bool = False,
    early_seconds: float = EARLY_SECONDS,
) -> Outcome:
    """Collect every source, build and publish; a source that fails stops no other.

    While a long collection goes on, what is there is published every ``early_seconds``.
    """
    project = replace(project, say=progress.say)

    def early() -> None:
        if not is_past:
            publish_early(project, run, progress)

    with locked(project.data_dir, wait=wait, say=progress.say):
        tidy(project)
        keep(project)
        sealed(project.inbox, project.landing, progress.say)
        forgetting.resume(project)
        collected = gathering.collect(project, progress, early, early_seconds)
        unread.keep(project.data_dir, collected)
        if all(source.is_failed for source in collected):
            said = failures(project, collected)
            raise DrumbeatError("\n".join(["no source was collected, nothing is changed:", *said]))
        if not is_past:
            forgetting.expire(project, datetime.now(UTC))
        with warehouse(project, is_temporary=is_past) as con:
            return brought_up(con, project, run, progress, collected, is_past=is_past)


def failures(project: Project, collected: Sequence[Collected]) -> list[str]:
    """Return a line for each reason that something was not collected, secrets hidden."""
    hidden = project.configuration.hidden
    return [hidden(f"{source.source}: {line}") for source in collected for line in source.lines]


def publish_early(project: Project, run: settings.Run, progress: Progress) -> None:
    """Publish what is landed so far; what goes wrong is told, and left to the build at the end."""
    try:
        with warehouse(project, is_temporary=False) as con:
            outcome = brought_up(con, project, run, Quiet(progress.is_terminal), [], is_past=False)
    except Exception as error:
        said = project.configuration.hidden(str(error))
        progress.say(f"What is there so far could not be published yet: {said}")
        return
    parts = ["Published what is there so far", reaching.told(outcome.reached), "going on"]
    progress.say("; ".join(part for part in parts if part))


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
        if not is_past:
            keep(project)
        sealed(project.inbox, project.landing, progress.say)
        forgetting.resume(project)
        return made_anew(project, run, progress, is_past=is_past)


def made_anew(
    project: Project, run: settings.Run, progress: Progress, *, is_past: bool = False
) -> Outcome:
    """Make a new warehouse, publish, and swap it in; whoever calls holds the lock."""
    new = project.warehouse.with_name(PARTIAL)
    with writing(project), opened(new) as con:
        outcome = brought_up(con, project, run, progress, [], is_past=is_past, is_anew=True)
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
    kept = dump(project.configuration, project.data_dir.absolute())
    write_durably(project.data_dir / FILE_NAME, kept.encode())


def brought_up(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    run: settings.Run,
    progress: Progress,
    collected: list[Collected],
    *,
    is_past: bool,
    is_anew: bool = False,
) -> Outcome:
    """Merge, build and publish."""
    known_at = run.known_at if is_past else None
    if known_at:
        refuse_before_history(project, known_at)
    if not is_past:
        ledger_definitions.note(project, run, datetime.now(UTC))
    raw.merge(con, project.landing, project.kinds, known_at)
    reaching.write(con, project.landing, project.kinds, known_at)
    settings.write(con, project.configuration, run)
    with progress.task("Building", len(steps())) as task:
        built: list[Built] = []
        for made in build(con):
            built += made
            for _ in made:
                task.advance()
    with progress.task("Publishing", 1) as task:
        file = published(con, project, is_anew=is_anew)
        task.advance()
    return Outcome(file, collected, built, rejected(con), undeployed(con), reaching.since(con))


def published(con: duckdb.DuckDBPyConnection, project: Project, *, is_anew: bool = False) -> Path:
    """Publish; where something was forgotten, without anything of what was published before."""
    is_afresh = forgetting.pending(project) is not None
    older = project.configuration.publish.older_storage
    file = publishing.publish(
        con,
        project.serving,
        datetime.now(UTC),
        is_anew=is_anew,
        is_afresh=is_afresh,
        older=older,
    )
    if is_afresh:
        forgetting.strike_out(project)
    return file


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
    rows = con.execute(
        "select subject, detail from marts.data_quality where kind = 'rejected row' order by all"
    ).fetchall()
    return [f"{subject}: {detail}" for subject, detail in rows]


def undeployed(con: duckdb.DuckDBPyConnection) -> list[str]:
    """List the services that no production deployment is known of."""
    rows = con.execute(
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
        with writing(project), opened(project.warehouse) as con:
            yield con
    except (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException) as error:
        raise DrumbeatError(
            f"{project.warehouse} can not be used: {error}\n"
            "It is only a cache: `drumbeat rebuild` makes it again from the landing zone."
        ) from error


@contextmanager
def writing(project: Project) -> Iterator[None]:
    """Raise DrumbeatError where DuckDB finds the disk full, or may not write to it."""
    try:
        yield
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise DrumbeatError(f"the disk is full: {error}\nWhat is published stays.") from error
        if any(said in str(error) for said in ("Permission denied", "Read-only file system")):
            raise DrumbeatError(
                f"{error}\n{project.data_dir} and what lies in it must be writable for whoever "
                "runs this. What is published stays."
            ) from error
        raise


def remove(path: Path) -> None:
    """Remove a DuckDB file and its write-ahead log."""
    # The log first: alone it would be played into the next file of that name.
    for one in (path.with_name(f"{path.name}.wal"), path):
        one.unlink(missing_ok=True)
