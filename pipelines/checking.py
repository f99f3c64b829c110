"""What `drumbeat check --diff` says: what another configuration would move, before it is used."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import duckdb

from pipelines import publishing, raw, reaching, refreshing, settings, windows
from pipelines.building import build
from pipelines.configuration import Configuration
from pipelines.differing import differences
from pipelines.errors import DrumbeatError
from pipelines.locking import locked
from pipelines.moving import Checked, Numbers, moved, order
from pipelines.progress import Progress
from pipelines.project import Project
from pipelines.settings import Run
from pipelines.steps import steps
from pipelines.windows import Window

SPANS = {"twelve_weeks": 12, "week": 1}


def check(project: Project, new: Configuration, progress: Progress, *, wait: bool) -> Checked:
    """Build by both configurations from the same landed records, and hold them together.

    The moments are those of the published run. The warehouse is a temporary one; nothing is
    collected, published or kept.
    """
    run = published_run(project)
    found = differences(project.configuration, new, run)
    with (
        locked(project.data_dir, wait=wait, say=progress.say),
        refreshing.warehouse(project, is_temporary=True) as con,
    ):
        merged(con, project, run)
        before = built(con, project.configuration, run, progress)
        other = replace(project, configuration=new)
        if other.kinds != project.kinds:
            merged(con, other, run)
        after = built(con, new, run, progress)
        chosen = spans(con)
    return Checked(chosen, found, sorted(moved(before, after, found), key=order))


def published_run(project: Project) -> Run:
    """Return the moments of the run that is published."""
    query = "select as_of, known_at, has_as_of, has_known_at from config.run"
    try:
        with windows.published(publishing.current(project.serving)) as con:
            ((as_of, known_at, has_as_of, has_known_at),) = con.execute(query).fetchall()
    except duckdb.BinderException as error:
        told = "what is published comes from another release; run `drumbeat rebuild`"
        raise DrumbeatError(told) from error
    return Run(as_of, known_at, has_as_of=has_as_of, has_known_at=has_known_at)


def merged(con: duckdb.DuckDBPyConnection, project: Project, run: Run) -> None:
    """Bring raw tables up to what the project's sources landed."""
    known_at = run.known_at if run.has_known_at else None
    raw.merge(con, project.landing, project.kinds, known_at)
    reaching.write(con, project.landing, project.kinds, known_at)


def built(
    con: duckdb.DuckDBPyConnection, configuration: Configuration, run: Run, progress: Progress
) -> Numbers:
    """Make every table by a configuration; return the metrics of both spans."""
    settings.write(con, configuration, run)
    with progress.task("Building", len(steps())) as task:
        for made in build(con):
            for _ in made:
                task.advance()
    return {
        (span, row["scope"], row["name"], row["metric"]): row
        for span, window in spans(con).items()
        for row in windows.metrics(con, window).iter_rows(named=True)
    }


def spans(con: duckdb.DuckDBPyConnection) -> dict[str, Window]:
    """Return the last 12 whole weeks and the last one."""
    whole = windows.window(con)
    return {
        span: replace(whole, since=whole.until - timedelta(weeks=weeks))
        for span, weeks in SPANS.items()
    }


def ignored(project: Project, new: Configuration) -> Iterable[str]:
    """Say which sources the other configuration leaves out, and of which nothing is landed."""
    wanted = {source.name for source in new.sources}
    for name in project.kinds:
        if name not in wanted:
            yield f"source {name} is not in it, so what it told is ignored"
    landed = {file.source for file in project.landing.files()}
    for name in sorted(wanted - landed):
        yield f"source {name} is new, nothing of it is collected yet"
