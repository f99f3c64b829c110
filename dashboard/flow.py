"""What the page on flow and stability says: its sentence, its titles and its rows."""

from collections import Counter
from datetime import timedelta
from typing import Any

import polars as pl

from dashboard import heads
from dashboard.charts.stages import STAGES
from dashboard.frame import Frame
from dashboard.marks import Column, link, table
from dashboard.questions import shipped, stability
from dashboard.rows import STRIP
from dashboard.story import as_of, said, short
from sql import names, words
from sql.words import Part, escape_html

LANES = 8
FAILURES = 20
TIMELINE = (
    "tick: deployment; triangle: failed; bar: time to recovery, solid and joined where the link is"
    " certain (0.9 and up), pale and dotted where it is inferred; grey: weekend"
)


def until(metrics: dict[str, pl.DataFrame], page: Frame) -> dict[str, pl.DataFrame]:
    """Leave out what ended after the week that is looked at."""
    end = page.week_on + timedelta(days=7)
    return {metric: rows.filter(pl.col("ends_on") <= end) for metric, rows in metrics.items()}


def span(page: Frame) -> str:
    """Say which two weeks are shown in detail."""
    if not page.choices.week:
        return "last two weeks"
    return f"two weeks to {words.day(page.week_on + timedelta(days=6))}"


def nothing(page: Frame) -> str:
    """Say why there is no deployment to draw: there was none, or its detail is too old."""
    if page.week_end >= page.run.as_of - STRIP:
        return f"No {page.run.noun} in the {span(page)}."
    return (
        "Pages keep single deployments of the last 84 days. For this week:"
        f" drumbeat explain change_fail_rate --week {page.choices.week}"
    )


def happened(names: list[str], page: Frame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the deployments of the two weeks that are looked at, and those of them that failed."""
    told, since = page.choices, page.week_on - timedelta(days=7)
    failed = stability.failures(names, since, page.week_end)
    if not told.is_narrowed:
        return shipped.latest_rollouts(names, since, page.week_end), failed
    found = shipped.narrowed(names, since, page.week_end, told.environment, told.is_bot)
    return found, failed.filter(pl.col("rollout_id").is_in(found["rollout_id"].implode()))


def sentence(metrics: dict[str, pl.DataFrame], stages: pl.DataFrame, page: Frame) -> words.Sentence:
    """Say how much failed, how fast it was mended, and where lead time goes."""
    rate = heads.last_whole(metrics["change_fail_rate"])
    if not rate or rate["value"] is None:
        return (Part(f"No {page.run.noun} is known yet that could have failed."),)
    over = "last month" if page.period == "month" else "over the last 4 weeks"
    if page.choices.week:
        days = "month" if page.period == "month" else "4 weeks"
        over = f"over the {days} to {words.day(rate['ends_on'] - timedelta(days=1))}"
    parts = [
        Part(words.in_hundred(rate["value"]), "strong"),
        Part(f" {page.run.noun}s needed intervention {over}{_recovered(metrics)}."),
    ]
    if stage := longest(stages):
        parts += [Part(" "), Part(words.capital(stage), "strong"), Part(" is the longest stage.")]
    return tuple(parts)


def _recovered(metrics: dict[str, pl.DataFrame]) -> str:
    found = heads.last_whole(metrics["recovery_time"])
    if not found or found["value"] is None or found["is_too_few"]:
        return ""
    return f"; half of what failed was mended within {words.duration(found['value'])}"


def longest(stages: pl.DataFrame) -> str:
    """Name the stage that took the largest share of the last four weeks, if stages are known."""
    now = stages.filter("is_now").to_dicts()
    if not now:
        return ""
    known = {name: now[0][column] for name, column, _ in STAGES if now[0][column]}
    return max(known, key=lambda name: known[name]) if len(known) > 1 else ""


RECOVERY = {
    "worse": "Recovery takes longer in the last 13 weeks than in the 26 before",
    "better": "Recovery takes less time in the last 13 weeks than in the 26 before",
    "no change beyond chance": "Recovery has not changed beyond chance",
}


def recovery(curves: pl.DataFrame, trends: pl.DataFrame, page: Frame) -> tuple[str, str]:
    """Return the title of the recovery curve, by the test of the trend, and its caption."""
    scope, name = page.scope
    tested = trends.filter(metric="recovery_time", scope=scope, name=name)["verdict"].to_list()
    count = curves.filter(span="now")["failed_count"].to_list()
    title = RECOVERY.get(
        tested[0] if tested else "", f"Recovery: too few to tell, n = {count[0] if count else 0}"
    )
    return title, (
        "share of failed deployments still open, by hours since; Kaplan-Meier with 95 % band;"
        f" upright marks: still open when last seen{as_of(page)}"
    )


def rates(rows: pl.DataFrame, count: int, page: Frame) -> tuple[str, str]:
    """Return the title and the caption of the fail rates."""
    beyond = rows.filter("is_worse")["service"].to_list()
    title = "No service fails more than all together, beyond chance"
    if beyond:
        verb = "fails" if len(beyond) == 1 else "fail"
        who = words.listed(beyond) if len(beyond) <= 3 else f"{words.small(len(beyond))} services"
        title = f"{words.capital(who)} {verb} more than all together, beyond chance"
    caption = (
        "share of production deployments that needed intervention, 95 % Wilson interval, 12 weeks"
        f"{_to_week(page)}; dotted: all services; diamond: above it beyond chance"
    )
    if count > rows.height:
        caption += f"; the highest {rows.height} of {count} services"
    return title, caption


def _to_week(page: Frame) -> str:
    said = words.day(page.week_on + timedelta(days=6))
    return f" to {said}" if page.choices.week else ""


def waited(row: dict[str, Any]) -> str:
    """Say how long what was merged in a week waits, what is not out yet counted as it is."""
    if not row or not row["change_count"]:
        return ""
    half = f"more than {words.duration(row['at_least_hours'])}"
    if row["median_hours"] is not None:
        band = words.duration_range(row["low_hours"], row["high_hours"])
        half = f"{words.duration(row['median_hours'])} (95 % {band})"
    few = f"; {words.TOO_FEW}" if row["change_count"] < names.ENOUGH else ""
    return (
        f"Merged in the week of {words.day(row['starts_on'])}: half wait {half}, Kaplan-Meier,"
        f" n = {row['change_count']}, {row['open_count']} not out yet{few}"
    )


def waits(rows: pl.DataFrame, page: Frame) -> str:
    """Return what waits longest, one row a service."""
    columns = [
        Column("Service", "name"), Column("Changes", "num"), Column("Oldest", "num"),
        Column("Usual", "num"), Column("The oldest", "title"), Column("In words", "words"),
    ]  # fmt: skip
    cells = []
    for row in rows.to_dicts():
        oldest = words.duration(row["oldest_waiting_hours"])
        change = f"<b>{link(row['url'], short(row))}</b> {escape_html(row['title'] or '')}"
        count = row["waiting_count"]
        cells.append(
            [
                service(row["service"], page),
                str(count),
                oldest,
                words.duration(row["usual_wait_hours"]),
                change,
                f"{words.counted(count, 'change')}, the oldest {oldest}: {change}",
            ]
        )
    return table(columns, cells, "blocks waits")


def lanes(found: pl.DataFrame, rollouts: pl.DataFrame) -> list[str]:
    """Choose whom the timeline shows: where most failed, then who deployed most."""
    failed = dict(found.group_by("service").len().iter_rows())
    counts = dict(rollouts.group_by("service").len().iter_rows())
    return sorted(counts, key=lambda name: (-failed.get(name, 0), -counts[name], name))[:LANES]


def failures(rows: pl.DataFrame, page: Frame) -> str:
    """Return failed deployments with what they carried, how they ended and how that is known."""
    columns = [
        Column("Failed deployment", "name"), Column("Version", "keep"),
        Column("Changes it carried", "title"), Column("What happened", "title"),
        Column("Recovery", "keep-desk"), Column("After", "num"),
        Column("Linked by", "keep-desk"), Column("Confidence", "num"), Column("In words", "words"),
    ]  # fmt: skip
    carried = stability.carried(rows["rollout_id"].to_list())
    return table(
        columns, [_failure(row, carried, page) for row in rows.to_dicts()], "failures blocks"
    )


def _failure(
    row: dict[str, Any], carried: dict[str, list[dict[str, Any]]], page: Frame
) -> list[str]:
    version = row["version"] or (row["commit_sha"] or "")[:7] or words.NOTHING
    hours = row["recovery_hours"]
    after = words.duration(hours) if hours is not None else "still open"
    by = said(row["recovered_by"], "still open")
    sure = words.NOTHING if row["confidence"] is None else f"{row['confidence']:.2g}"
    how = said(row["why"]) + (" (inferred)" if row["is_inferred"] else "")
    return [
        f"{service(row['service'], page)}"
        f"<small>{words.moment(row['finished_at'], page.run.zone)}</small>",
        f"<b>{link(row['url'], version[:12])}</b>",
        _carried(row, carried.get(row["rollout_id"], [])),
        _happened(row),
        escape_html(by) if hours is not None else words.NOTHING,
        after if hours is not None else f'<span class="failed">{after}</span>',
        escape_html(how),
        sure,
        escape_html(
            f"{by if by == after else f'{by}, {after}'}; linked by {how}, confidence {sure}"
        ),
    ]


def _carried(row: dict[str, Any], changes: list[dict[str, Any]]) -> str:
    if not changes:
        return f"<small>{words.counted(row['change_count'] or 0, 'change')} known</small>"
    lines = [
        f"<b>{link(change['url'], short(change))}</b> {escape_html(change['title'] or '')}"
        for change in changes
    ]
    more = (row["change_count"] or 0) - len(changes)
    return "<br>".join(lines) + (f"<small>and {more} more</small>" if more > 0 else "")


def _happened(row: dict[str, Any]) -> str:
    if row["incident_title"]:
        severity = f"<small>{escape_html(row['incident_severity'])}</small>"
        return link(row["incident_url"], row["incident_title"]) + severity * bool(
            row["incident_severity"]
        )
    return escape_html(words.capital(said(row["why"], "marked by a person")))


def last_week(rows: pl.DataFrame, page: Frame) -> str:
    """Say how many failed last week and where most did, as a link to them."""
    first, end = page.run.last_week, page.run.this_week
    found = [row for row in rows.to_dicts() if first <= page.run.day(row["finished_at"]) < end]
    if not found:
        return ""
    counts = Counter(row["service"] for row in found).most_common(3)
    most = [f"{count} of {name}" for name, count in counts]
    others = len(found) - sum(count for _, count in counts)
    most += [f"{others} of others"] if others else []
    said = f"{words.counted(len(found), page.run.noun)} failed last week"
    href = escape_html(page.to("flow", team=page.team))
    tail = words.listed(most) if len(counts) > 1 else f"of {counts[0][0]}"
    return (
        '<p class="failed-week"><span class="failed">\N{BLACK UP-POINTING TRIANGLE}</span>'
        f' <a href="{href}" target="_self">{said}</a>, {escape_html(tail)}.</p>'
    )


def service(name: str, page: Frame) -> str:
    """Return a link to a service's page, which keeps the reader's other choices."""
    href = escape_html(page.to("service", service=name))
    return f'<a href="{href}" target="_self">{escape_html(name)}</a>'
