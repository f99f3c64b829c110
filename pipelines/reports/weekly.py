"""The weekly report: picks the week, reads the published file, writes what was asked for."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines import ledger_rows, publishing
from pipelines.errors import DrumbeatError, Unreadable
from pipelines.landing import write_durably
from pipelines.project import Project
from pipelines.reports import choosing, composing, reading
from pipelines.reports.contents import Report
from pipelines.reports.formats import FORMATS, made
from pipelines.reports.reading import WHOLE, Edition, Scope
from pipelines.warehouse import opened
from sql import words

ARCHIVE = "reports"
"""The folder of the data directory in which every report stays, for the dashboard."""


def write(
    project: Project,
    week: date | None,
    out: Path,
    formats: Sequence[str],
    scopes: Sequence[Scope] = (WHOLE,),
) -> list[Path]:
    """Write the reports of the week that holds a day, by default the last finished one."""
    return edition(project, week, out, formats, scopes)[0]


def edition(
    project: Project,
    week: date | None,
    out: Path,
    formats: Sequence[str],
    scopes: Sequence[Scope],
    others: Sequence[Scope] = (),
) -> tuple[list[Path], dict[Scope, Report]]:
    """Write the reports of a week; return the files, and the reports.

    ``others`` are among them, but not in the folder; what of them the week lacks is left out.
    """
    wanted = known(formats)
    reports, told, written = read(project.serving, week, scopes, others)
    # All are made before the first is written, so that an error leaves no half set.
    files = {
        out / f"{reports[scope].name}.{FORMATS[form][0]}": made(reports[scope], form)
        for scope in written
        for form in wanted
    }
    archived = {
        project.data_dir / ARCHIVE / f"{report.name}.html": made(report, "html")
        for report in reports.values()
    }
    # Landed first: what somebody was told is always kept, and what is kept and was told to nobody
    # is the same as what the next attempt tells.
    ledger_rows.land(project, told, datetime.now(UTC))
    try:
        for path, content in {**archived, **files}.items():
            write_durably(path, content)
    except OSError as error:
        raise DrumbeatError(f"{out}: the report can not be written there: {error}") from error
    return list(files), reports


def known(formats: Sequence[str]) -> list[str]:
    """Return the formats asked for, each once; raises DrumbeatError for one that there is not."""
    wanted = list(dict.fromkeys(form.strip().lower() for form in formats))
    unknown = [form for form in wanted if form not in FORMATS]
    if unknown or not wanted:
        raise DrumbeatError(
            f"no report can be written as {', '.join(unknown) or 'nothing'}; formats are"
            f" {words.listed([*FORMATS])}"
        )
    return wanted


def read(
    serving: Path, week: date | None, scopes: Sequence[Scope], others: Sequence[Scope] = ()
) -> tuple[dict[Scope, Report], ledger_rows.Delivery, list[Scope]]:
    """Return what the published file says of a week, what of that is to be kept, whose it is."""
    with suppress(Unreadable):
        return _read(publishing.current(serving), week, scopes, others)
    # A refresh may have swept the file away between the pointer and the opening.
    return _read(publishing.current(serving), week, scopes, others)


def _read(
    file: Path, week: date | None, scopes: Sequence[Scope], others: Sequence[Scope]
) -> tuple[dict[Scope, Report], ledger_rows.Delivery, list[Scope]]:
    with opened(file, read_only=True) as con:
        run = reading.run(con)
        monday = choosing.week(con, run, week)
        written = choosing.scopes(con, monday, scopes)
        every = dict.fromkeys([*written, *choosing.known(con, monday, others)])
        reports = {scope: composing.report(Edition(con, run, monday, scope)) for scope in every}
        return reports, ledger_rows.delivery(con, monday), written
