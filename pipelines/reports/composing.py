"""Composes one report: asks for its rows, and has them told in words, tables and numbers."""

from pipelines.reports import (
    answers,
    architecture,
    beyond,
    choosing,
    metrics,
    numbers,
    reading,
    restating,
    sections,
    telling,
)
from pipelines.reports.contents import Report
from pipelines.reports.reading import Edition
from sql import words


def report(edition: Edition) -> Report:
    """Return the report of one week."""
    history, rows = reading.history(edition), found(edition)
    restated = restating.table(edition, rows["restatements"])
    is_settled = bool(history["deployment_frequency"][edition.week]["is_settled"])
    is_one = edition.scope.kind == "service"
    return Report(
        name=choosing.name(edition.week, edition.scope),
        who=edition.who,
        organisation=edition.run.organisation,
        week=words.week(edition.week),
        warnings=telling.warnings(edition, is_settled=is_settled),
        sentence=telling.opening(edition, history, rows["attention"]),
        restated=restating.opening(edition, rows["restatements"]),
        tables=(
            *([restated] if restated else []),
            beyond.table(edition, rows["trends"], sections.then(edition)),
            sections.rhythms(edition, rows["attention"]),
            metrics.table(edition, history),
            *([] if is_one else [sections.services(edition, rows["services"])]),
            sections.waits(edition, rows["waits"]),
            sections.failures(edition, rows["failures"]),
            *answers.tables(edition, rows["answers"]),
            *architecture.tables(edition, rows["flags"], rows["migrations"]),
            sections.quality(rows["quality"]),
        ),
        notes=telling.notes(edition),
        is_demo=edition.run.is_demo,
        data=numbers.data(edition, history, rows),
    )


def found(edition: Edition) -> dict[str, list[reading.Row]]:
    """Return the rows that the sections are made of; those of now only where now is the week."""
    is_now = edition.is_latest
    return {
        "restatements": restating.restatements(edition),
        "trends": beyond.trends(edition) if is_now else [],
        "attention": reading.rhythms(edition) if is_now else [],
        "services": reading.services(edition),
        "waits": reading.waits(edition) if is_now else [],
        "failures": reading.failures(edition),
        "answers": answers.answers(edition) if is_now else [],
        "flags": architecture.flags(edition) if is_now else [],
        "migrations": architecture.migrations(edition),
        "quality": reading.findings(edition),
        "sources": reading.sources(edition),
    }
