"""The weekly report: picks the week, reads the published file, writes what was asked for."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from pipelines import ledger_rows, publishing
from pipelines.errors import DrumbeatError
from pipelines.landing import write_durably
from pipelines.project import Project
from pipelines.reports import html, markdown, metrics, reading, restating, sections, telling
from pipelines.reports.contents import Bars, Report
from pipelines.reports.reading import WEEK, Edition, Row
from pipelines.warehouse import opened
from sql import words

FORMATS: Mapping[str, Callable[[Report], str]] = {"html": html.render, "md": markdown.render}


def write(project: Project, week: date | None, out: Path, formats: Sequence[str]) -> list[Path]:
    """Write the report of the week that holds a day, by default the last finished one."""
    wanted = list(dict.fromkeys(form.strip().lower() for form in formats))
    unknown = [form for form in wanted if form not in FORMATS]
    if unknown or not wanted:
        known = " and ".join(FORMATS)
        raise DrumbeatError(
            f"no report can be written as {', '.join(unknown) or 'nothing'}; formats are {known}"
        )
    report, told = read(project.serving, week)
    # All are made before the first is written, so that an error leaves no half set.
    made = {out / f"{report.name}.{form}": FORMATS[form](report) for form in wanted}
    # Landed first: what somebody was told is always kept, and what is kept and was told to nobody
    # is the same as what the next attempt tells.
    ledger_rows.land(project, told, datetime.now(UTC))
    try:
        for path, content in made.items():
            write_durably(path, content.encode())
    except OSError as error:
        raise DrumbeatError(f"{out}: the report can not be written there: {error}") from error
    return list(made)


def read(serving: Path, week: date | None) -> tuple[Report, ledger_rows.Delivery]:
    """Return what the published file says of a week, and what of that is to be kept."""
    with suppress(duckdb.IOException):
        return _read(publishing.current(serving), week)
    # A refresh may have swept the file away between the pointer and the opening.
    try:
        return _read(publishing.current(serving), week)
    except duckdb.IOException as error:
        raise DrumbeatError(
            f"the published file can not be read: {error}; `drumbeat refresh` makes a new one"
        ) from error


def _read(file: Path, week: date | None) -> tuple[Report, ledger_rows.Delivery]:
    with opened(file, read_only=True) as con:
        run = reading.run(con)
        edition = Edition(con, run, _chosen(run, reading.known_weeks(con), week))
        return tell(edition), ledger_rows.delivery(con, edition.week)


def _chosen(run: reading.Run, known: tuple[date, date] | None, week: date | None) -> date:
    """Return the Monday of the week to tell, if the history has it."""
    if known is None:
        what = "release" if run.is_git_only else "production deployment"
        raise DrumbeatError(
            f"there is nothing to report: no {what} is known; run `drumbeat doctor` to see why"
        )
    day = run.this_week - WEEK if week is None else week
    # Counted back from the day, since one after the last Monday there is would not hold a week.
    monday = day - timedelta(days=day.weekday())
    first, last = known
    if first <= monday <= last:
        return monday
    if monday > run.this_week:
        until = f"the data ends on {words.day(run.local.date())}, in {_week_name(run.this_week)}"
    elif monday < first:
        until = f"the first {run.noun} was in {_week_name(first)}"
    else:
        until = f"the last service went out of service in {_week_name(last)}"
    raise DrumbeatError(
        f"there is no report of {_week_name(monday)}: {until}; choose a week from"
        f" {_week_name(first)} to {_week_name(last)} with --week"
    )


def _week_name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def tell(edition: Edition) -> Report:
    """Return the report of one week."""
    history = reading.history(edition)
    quiet = reading.quiet(edition) if edition.is_latest else []
    counts = history["deployment_frequency"]
    told = restating.restatements(edition)
    restated = restating.table(edition, told)
    return Report(
        name=f"drumbeat-{_week_name(edition.week)}",
        organisation=edition.run.organisation,
        week=words.week(edition.week),
        warnings=telling.warnings(edition, is_settled=bool(counts[edition.week]["is_settled"])),
        restated=restating.opening(edition, told),
        sentence=telling.opening(edition, history, quiet),
        bars=_bars(edition, counts),
        tables=(
            sections.quiet(edition, quiet),
            metrics.table(edition, history),
            *([restated] if restated else []),
            sections.services(edition, reading.services(edition)),
            sections.failures(edition, reading.failures(edition)),
            sections.waits(edition),
            sections.quality(edition),
        ),
        notes=telling.notes(edition),
        is_demo=edition.run.is_demo,
    )


def _bars(edition: Edition, history: Mapping[date, Row]) -> Bars | None:
    rows = [row for week, row in sorted(history.items()) if week <= edition.week]
    if len(rows) < 2:
        return None
    noun = edition.run.noun
    counts = tuple(int(row["n"]) for row in rows)
    caption = (
        f"A bar is a week, the last one this week with {counts[-1]};"
        f" the highest has {max(counts)}. Band: what was usual then."
    )
    if not edition.is_finished:
        caption += " Hollow: the week that is not over."
    return Bars(
        title=f"{words.capital(noun)}s a week, {words.counted(len(rows), 'week')}",
        caption=caption,
        first_on=rows[0]["week"],
        counts=counts,
        low=[row["low"] for row in rows],
        high=[row["high"] for row in rows],
        is_last_unfinished=not edition.is_finished,
    )
