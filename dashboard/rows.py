"""Rows as people read them: the overview's tables and the small print under a page."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import polars as pl

from dashboard.frame import Frame
from dashboard.marks import Column, service_link, table
from dashboard.questions import delivery, freshness, shipped, stability
from sql import cadence_words, names, restating, words
from sql.drawing import graphs, strips
from sql.drawing.strips import Beat
from sql.drawing.tones import CSS
from sql.runs import Run
from sql.words import escape_html

STRIP = timedelta(days=84)
MOST_ROWS = 25
MOST_LOOKS = 8
FAIL_TOP = 0.4
UNPOOLED = (
    "Each for itself: medians and rates of several services can't be made from theirs. A team, or"
    " one service alone, has its five metrics here."
)
GIT_ONLY = f"<b>What plain git cannot see.</b> {names.GIT_ONLY}"


def opening(services: pl.DataFrame, last: dict[str, Any], page: Frame) -> words.Sentence:
    """Say who shipped how often last week, against what is usual for them."""
    if len(page.mine) > 1:
        count = int(services["last_week_count"].fill_null(0).sum())
        who = f"Your {words.small(services.height)} services"
        return (*words.happened(who, count, is_git_only=page.run.is_git_only), words.Part("."))
    who = page.team or page.run.organisation
    if services.height == 1 and (page.mine or not page.team):
        who = services["service"][0]
    return words.shipped(
        words.capital(who),
        last.get("n") or 0,
        last.get("low"),
        last.get("high"),
        is_git_only=page.run.is_git_only,
    )


def restated(found: list[dict[str, Any]], *, is_git_only: bool = False) -> str:
    """Say the latest week of which a report told otherwise, and where the others are."""
    (latest,) = restating.sentences(found, 1, is_git_only=is_git_only)
    more = sum(row["week_on"] != found[0]["week_on"] for row in found)
    also = f" {words.counted(more, 'number')} of earlier weeks moved too:" if more else ""
    link = '<a href="data" target="_self">marts.restatements</a>'
    return f'<p class="caption">Since it was reported: {words.html(latest)}{also} {link}</p>'


def needs_a_look(found: Sequence[dict[str, Any]], page: Frame) -> str:
    """Return what is stalled or slowing, each with its chip, its sentence and its strip."""
    beats = shipped.beats([row["service"] for row in found])
    columns = [Column("State", "chipped"), Column("", "said"), Column("12 weeks", "strip")]
    cells = [
        [
            strips.chip(cadence_words.state(row)),
            words.html(cadence_words.sentence(row)),
            strip(row, beats, page.run),
        ]
        for row in found
    ]
    return table(columns, cells, "look blocks")


def services(found: pl.DataFrame, page: Frame) -> str:
    """Return the table of services."""
    run = page.run
    columns = [
        Column("Service", "name"),
        Column("State", "chipped"),
        Column(f"12 weeks, each tick a {run.noun}", "strip"),
        Column("Last week", "num"),
        Column("Usual", "keep-desk"),
        Column("Lead time", "num"),
        Column(f"{page.months} months", "wide"),
        Column(_fail_title(run), "wide"),
        Column("n", "num wide"),
        Column("Waiting", "num"),
        Column("In words", "words"),
    ]
    shown = found["service"].to_list()
    beats, lines = shipped.beats(shown), delivery.lead_times(shown, page.since, page.clock)
    rate = stability.fail_rate_of_all(run.this_week)
    worse = stability.failing_more(run.this_week)
    cells = [
        [
            service_link(row["service"], page.carried) + f"<small>{_home(row)}</small>",
            strips.chip(cadence_words.state(row)),
            strip(row, beats, run),
            f'<span class="ink">{row["last_week_count"] or 0}</span>',
            f'<span class="keep">{_usual(row)}</span>',
            words.duration(_lead_hours(row, lines.get(row["service"]), page)),
            _line(lines.get(row["service"])),
            _fails(row, rate, is_worse=row["service"] in worse),
            str(row["fail_count"] or 0),
            _waiting(row),
            _in_words(row),
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "services blocks")


def strip(service: dict[str, Any], beats: Mapping[Any, pl.DataFrame], run: Run) -> str:
    """Return a service's last 84 days as ticks, shaded since when it is unusual."""
    found = beats.get(service["service"])
    ticks = [Beat(at, failed) for _, at, failed in found.iter_rows()] if found is not None else []
    failed = sum(beat.is_failed for beat in ticks)
    title = f"{service['service']}: {len(ticks)} in 12 weeks, {failed} failed"
    start, end = run.as_of - STRIP, run.as_of
    shades = cadence_words.shades(service, end, run.zone)
    return strips.beat_strip(ticks, start, end, title, shades=shades, tones=CSS)


def deployments(page: Frame) -> pl.DataFrame:
    """Return what the page's service deployed in 84 days: what counts, or what is asked for."""
    told = page.choices
    if not told.is_narrowed:
        return shipped.deployments(page.service)
    since = page.run.day(page.run.as_of - STRIP)
    return shipped.narrowed([page.service], since, None, told.environment, told.is_bot)


def overview_notes(page: Frame) -> list[str]:
    """Return the small print under the overview."""
    run = page.run
    signs = (
        f"Triangles under a tick are {run.noun}s that failed. Shaded silence is longer than the"
        " service's own rhythm explains. Usual is the 10th to 90th percentile of the 16 whole"
        " weeks before."
    )
    return [signs, *source_notes(page), *([GIT_ONLY] if run.is_git_only else [])]


def source_notes(page: Frame) -> list[str]:
    """Say what the numbers stand on, and what is missing from it."""
    run = page.run
    said = f"Data as of {words.moment(run.as_of, run.zone)} ({escape_html(run.zone)})"
    if run.is_demo:
        said += "; it is made up and ends there"
    sources = [_source(source, run) for source in freshness.sources().to_dicts()]
    if sources:
        said += f". Sources: {', '.join(sources)}"
    findings = freshness.quality(page.service)
    if findings:
        said += f". Data quality: {words.counted(findings, 'finding')} in marts.data_quality"
    return [f"{said}."]


def _source(source: dict[str, Any], run: Run) -> str:
    said = escape_html(source["source"])
    if not run.is_demo:
        said += f", read {words.moment(source['fetched_at'], run.zone)}"
    rejected = int(source["rejected_count"] or 0)
    return said + (f", {words.counted(rejected, 'row')} rejected" if rejected else "")


def _fail_title(run: Run) -> str:
    kind = "Fail rate, inferred" if run.is_git_only else "Fail rate"
    return f"{kind}, 12 weeks\n0 to {words.rate(FAIL_TOP)}, dotted: all"


def home(service: dict[str, Any]) -> list[str]:
    """Return where a service belongs: its team and its tier, as far as known."""
    tier = str(service["tier"] or "")
    return [part for part in (service["team"], f"tier {tier}" if tier.isdigit() else tier) if part]


def _home(service: dict[str, Any]) -> str:
    return escape_html(", ".join(home(service)))


def _usual(service: dict[str, Any]) -> str:
    return words.count_range(service["usual_low"], service["usual_high"])


def _lead_hours(service: dict[str, Any], line: pl.DataFrame | None, page: Frame) -> float | None:
    """Return the lead time of the last four weeks, on the clock that was chosen."""
    hours: float | None = service["lead_time_hours"]
    if page.clock and line is not None:
        now = line.filter(pl.col("ends_on") == page.run.this_week)["value"].to_list()
        hours = now[0] if now else None
    return hours


def _line(rows: pl.DataFrame | None) -> str:
    if rows is None or rows["value"].drop_nulls().len() < 2:
        return "<small>no history yet</small>"
    values, low, high = (rows[name].to_list() for name in ("value", "p25", "p75"))
    title = f"lead time from {words.duration(next(v for v in values if v is not None))}"
    title += f" to {words.duration(next(v for v in reversed(values) if v is not None))}"
    return graphs.sparkline(values, title, low=low, high=high, tones=CSS)


def _fails(service: dict[str, Any], rate_of_all: float | None, *, is_worse: bool) -> str:
    value, low, high = (service[name] for name in ("fail_rate", "fail_low", "fail_high"))
    if value is None or low is None or high is None or service["fail_is_too_few"]:
        return "<small>too few to tell</small>"
    return graphs.interval_dot(
        value,
        low,
        high,
        FAIL_TOP,
        f"{words.rate(value)}, 95 % interval {words.rate_range(low, high)}",
        reference=rate_of_all,
        is_beyond=is_worse,
        tones=CSS,
    )


def _waiting(service: dict[str, Any]) -> str:
    count = service["waiting_count"]
    if not count:
        return words.NOTHING if count is None else "0"
    oldest = service["oldest_waiting_hours"]
    return f"{count}" + (f"<small>{words.duration(oldest)}</small>" if oldest is not None else "")


def _in_words(service: dict[str, Any]) -> str:
    said = f"{service['last_week_count'] or 0} last week"
    if service["usual_low"] is not None:
        said += f", usual {_usual(service)}"
    count = service["waiting_count"] or 0
    return said + (f"; {count} {'waits' if count == 1 else 'wait'}" if count else "")
