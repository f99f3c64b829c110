"""The report's tables besides the metrics: rhythms, services, failures, waits, quality."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from pipelines.reports import reading
from pipelines.reports.contents import Cell, Chip, Column, Said, Strip, Table
from pipelines.reports.outside import short
from pipelines.reports.reading import NAME, Edition, Row
from sql import cadence_words, words
from sql.drawing.strips import Beat
from sql.words import Part

STRIP = timedelta(days=84)
VERSION, TITLE = 24, 72
MOST = 40
MOST_WAITS = 8
HOW = {
    "explicit": "explicit reference",
    "service_and_time": "service and time",
    "person": "a person's word",
}
ENDED = {
    "rollback": "rollback",
    "fix": "fix deployed",
    "incident_resolved": "incident resolved",
    "flag_off": "flag turned off",
}


def then(edition: Edition) -> str:
    """Say why a part that tells of now is left out, and how to have it."""
    return (
        "The data tells of now, not of the end of this week, so this part is left out. After"
        f" drumbeat refresh --as-of {edition.ends_on} the report of the week has it."
    )


def rhythms(edition: Edition, found: Sequence[Row]) -> Table:
    """Return the services that are not simply on rhythm: chip, sentence and strip."""
    beats = defaultdict(list)
    for row in reading.beats(edition) if found else ():
        beats[row["service"]].append(Beat(row["finished_at"], bool(row["is_failed"])))
    rows = [
        (
            Chip(cadence_words.state(row)),
            Said(_rhythm({**row, "service": short(row["service"], NAME)})),
            _strip(edition, row, beats[row["service"]]),
        )
        for row in found[:MOST]
    ]
    noun = edition.run.noun
    at = words.moment(edition.run.as_of, edition.run.zone)
    caption = (
        f"As of {at}, each against its own rhythm in working days. The strip is its last 12 weeks:"
        f" a tick is a {noun}, a triangle below it one that failed; shaded: the silence; hatched:"
        " a declared freeze."
    )
    columns = (Column(""), Column(""), Column(""))
    title = "Stalled and slowing"
    if not edition.is_latest:
        return Table("rhythms", title, then(edition), columns, ())
    after = "" if any(map(cadence_words.is_quiet, found)) else "No service is stalled or slowing."
    more = f" And {len(found) - MOST} more." if len(found) > MOST else ""
    return Table(
        "rhythms", title, caption if rows else "", columns, tuple(rows), (after + more).strip()
    )


def _rhythm(row: Row) -> words.Sentence:
    name = (
        f" ({short(row['freeze_name'], NAME)})" if row["is_frozen"] and row["freeze_name"] else ""
    )
    return (*cadence_words.sentence(row), *([Part(name)] if name else []))


def _strip(edition: Edition, row: Row, beats: Sequence[Beat]) -> Strip:
    end, zone = edition.run.as_of, edition.run.zone
    failed = sum(beat.is_failed for beat in beats)
    title = (
        f"{short(row['service'], NAME)}: {words.counted(len(beats), edition.run.noun)}"
        f" in 12 weeks, {failed} failed"
    )
    shades = tuple(cadence_words.shades(row, end, zone))
    return Strip(tuple(beats), end - STRIP, end, shades, title)


def services(edition: Edition, found: Sequence[Row]) -> Table:
    """Return the services that deployed in the week, and name those that did not."""
    run = edition.run
    deployed = [row for row in found if row["deployment_count"]]
    silent = [short(row["service"], NAME) for row in found if not row["deployment_count"]]
    verb = "released" if run.is_git_only else "deployed"
    columns = (
        Column("Service"),
        Column(f"{words.capital(run.noun)}s", True),
        Column("Usual", True),
        Column("Lead time", True),
        Column("Failed, inferred" if run.is_git_only else "Failed", True),
        *([Column("Waiting", True)] if edition.is_latest else []),
    )
    caption = (
        "In this week alone. Lead time: the median of the changes delivered. Failed:"
        f" {run.noun}s of the week that needed intervention."
    )
    if edition.is_latest:
        caption += f" Waiting: merged and not {verb}, as of now."
    after = f"Nothing {verb} by {_some(silent)}." if silent else f"Every service {verb}."
    return Table(
        "services",
        f"Services that {verb}",
        caption if deployed else "",
        columns,
        tuple(_service(edition, row) for row in deployed),
        after if found else "No service was in service.",
    )


def _service(edition: Edition, row: Row) -> tuple[Cell, ...]:
    usual = words.NOTHING
    if edition.is_finished:
        usual = words.count_range(row["usual_low"], row["usual_high"])
    changes = row["change_count"]
    cells = (
        Cell(short(row["service"], NAME), short(row["team"] or "", NAME), is_strong=True),
        Cell(str(row["deployment_count"]), is_strong=True),
        Cell(usual),
        Cell(
            words.duration(row["lead_hours"]), words.counted(changes, "change") if changes else ""
        ),
        Cell(str(row["failed_count"])),
    )
    waiting = row["waiting_count"]
    counted = Cell(words.NOTHING if waiting is None else str(waiting))
    return (*cells, counted) if edition.is_latest else cells


def _some(names: Sequence[str]) -> str:
    return words.listed([*names[:12], f"{len(names) - 12} more"] if len(names) > 12 else names)


def failures(edition: Edition, found: Sequence[Row]) -> Table:
    """Return the week's failed deployments with their recovery and how that is known."""
    run = edition.run
    columns = (
        Column(words.capital(run.noun)),
        Column("Version"),
        Column("Recovered by"),
        Column("After", True),
        Column("Linked by, confidence", True),
    )
    caption = "" if found else f"No {run.noun} of the week is known to have needed intervention."
    more = f"And {len(found) - MOST} more." if len(found) > MOST else ""
    rows = tuple(_failure(edition, row) for row in found[:MOST])
    inferred = ", inferred" if run.is_git_only else ""
    return Table("failures", f"Failures of the week{inferred}", caption, columns, rows, more)


def _failure(edition: Edition, row: Row) -> tuple[Cell, ...]:
    version = row["version"] or (row["commit_sha"] or "")[:7] or row["rollout_id"]
    after = words.duration(row["recovery_hours"])
    if row["recovered_at"] is None:
        after = f"more than {words.duration(row['open_hours'])}"
    how = HOW.get(row["why"], row["why"] or "unknown")
    if row["is_inferred"]:
        how += ", inferred"
    sure = f", {row['confidence']:.2g}" if row["confidence"] is not None else ""
    return (
        Cell(
            short(row["service"], NAME),
            words.moment(row["finished_at"], edition.run.zone),
            is_strong=True,
        ),
        Cell(short(version, VERSION), url=words.address(row["url"])),
        Cell(ENDED.get(row["recovered_by"], "still open")),
        Cell(after),
        Cell(f"{how}{sure}", url=words.address(row["evidence_url"])),
    )


def waits(edition: Edition, found: Sequence[Row]) -> Table:
    """Return where something waits longest, and which change that is."""
    columns = (
        Column("Service"),
        Column("Changes", True),
        Column("Oldest", True),
        Column("Usual", True),
        Column("The oldest change"),
    )
    if not edition.is_latest:
        return Table("waits", "Longest waits", then(edition), columns, ())
    at = words.moment(edition.run.as_of, edition.run.zone)
    goal = "in a release" if edition.run.is_git_only else "in production"
    caption = f"Merged and not {goal}, as of {at}. Usual: the median wait of the last whole month."
    rows = tuple(
        (
            Cell(short(row["service"], NAME), is_strong=True),
            Cell(str(row["waiting_count"])),
            Cell(words.duration(row["oldest_waiting_hours"])),
            Cell(words.duration(row["usual_wait_hours"])),
            Cell(short(row["title"] or row["change_id"], TITLE), url=words.address(row["url"])),
        )
        for row in found[:MOST_WAITS]
    )
    left = [short(row["service"], NAME) for row in found[MOST_WAITS:]]
    after = f"Shorter waits: {_some(left)}." if left else "" if rows else "Nothing waits."
    return Table("waits", "Longest waits", caption if rows else "", columns, rows, after)


def quality(found: Sequence[Row]) -> Table:
    """Return what the data lacks or contradicts, counted by kind."""
    columns = (Column("What"), Column("How often", True), Column("Effect and remedy"))
    rows = tuple(
        (
            Cell(row["kind"], _touched(row), is_strong=True),
            Cell(str(row["finding_count"])),
            Cell(f"{row['effect']} {row['remedy']}"),
        )
        for row in found
    )
    none = "" if rows else "Nothing is known to be missing or contradictory."
    after = "Each is a row of marts.data_quality." if rows else ""
    return Table("quality", "Data quality", none, columns, rows, after)


def _touched(row: Row) -> str:
    if row["service_count"] == 1:
        return short(row["service"], NAME)
    return f"{row['service_count']} services" if row["service_count"] else ""
