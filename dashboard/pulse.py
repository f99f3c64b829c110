"""What the cadence page says: its sentence, its strips, its dots and its tables."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dashboard import charts, marks, picture
from dashboard.frame import Frame
from dashboard.marks import Column, table
from dashboard.questions import rhythm, shipped
from dashboard.rows import STRIP
from sql import cadence_words, names, words
from sql.drawing.strips import Beat, Shade, beat_strip, chip
from sql.drawing.tones import CSS
from sql.runs import Run
from sql.words import Part, escape_html

AHEAD = timedelta(days=14)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SIZES = ("1 change", "2 to 3", "4 to 6", "7 to 10", "11 or more")
MOST_WAITS = 12
MOST_STRIPS = 60
STRIPS = (
    "Every deployment of twelve weeks, and when the next one is expected",
    "one tick each; shaded: silence beyond the service's own rhythm, then and now; hatched:"
    " declared freeze; blue ahead of the line: next deployment, 50 to 90 % window",
)
WAITS = (
    "What waits: merged, not yet deployed",
    "oldest first; usual wait is the service's own median from merge to deployment",
)
TRENDS = (
    "against the 26 weeks before; by itself each would happen less often than once in two hundred"
    " times"
)
SIGNS = (
    "A silence is compared with the service's own rhythm, counting only its working time and"
    " leaving out holidays, freezes and bots. An alarm says how rarely a silence this long happens"
    " by itself."
)
CHANGED: Mapping[str, Mapping[str, str]] = {
    "change_lead_time": {"worse": "takes longer to deliver", "better": "delivers sooner"},
    "change_fail_rate": {"worse": "fails more often", "better": "fails less often"},
    "recovery_time": {"worse": "takes longer to recover", "better": "recovers sooner"},
}
Row = dict[str, Any]


def sentence(services: pl.DataFrame, weekdays: pl.DataFrame) -> words.Sentence:
    """Say how many are on their rhythm, who is not, and which weekday is avoided."""
    rows = [row for row in services.to_dicts() if row["state"] not in ("retired", "never_deployed")]
    if not rows:
        return (Part("Nothing has been deployed yet."),)
    fine = sum(row["state"] in ("on_rhythm", "watch") and not row["is_frozen"] for row in rows)
    opened = (
        f"{words.capital(words.small(fine))} of {words.small(len(rows))} services"
        f" {'is on its' if fine == 1 else 'are on their'} own rhythm."
    )
    avoided = [DAYS[day - 1] for day in weekdays.filter("is_avoided")["weekday"]]
    said = f" {words.listed([f'{day}s' for day in avoided])} are avoided." if avoided else ""
    return (Part(opened), *cadence_words.alarms(rows), *([Part(said)] if said else []))


def strips(services: pl.DataFrame, page: Frame) -> str:
    """Return each service's strip with its state in words at the right edge."""
    beats = shipped.beats(services["service"].to_list())
    spells = rhythm.alarms(services["service"].to_list())
    columns = [Column("Service", "name"), Column("", "strip"), Column("", "said")]
    cells = [
        [
            marks.service_link(row["service"], page.carried),
            _strip(row, beats.get(row["service"]), spells, page.run),
            f'<b class="{_role(row)}">{escape_html(cadence_words.state(row))}</b>'
            f"<small>{escape_html(_said(row))}</small>",
        ]
        for row in services.to_dicts()
        if row["state"] != "retired"
    ]
    return table(columns, cells, "pulse blocks")


def _role(row: Row) -> str:
    roles = {"stalled": "stall", "slowing": "slow"}
    return roles.get(row["state"], "") if cadence_words.is_alarm(row) else ""


def _said(row: Row) -> str:
    return "" if row["state"] == "never_deployed" else cadence_words.said(row)


def _strip(row: Row, beats: pl.DataFrame | None, spells: pl.DataFrame, run: Run) -> str:
    ticks = [Beat(at, failed) for _, at, failed in beats.iter_rows()] if beats is not None else []
    start, end = run.as_of - STRIP, run.as_of + AHEAD
    past = [
        Shade(_at(spell["began_on"], run.zone), _at(spell["ended_on"], run.zone), "slowtint")
        for spell in spells.filter(service=row["service"]).to_dicts()
        if spell["ended_on"] and _at(spell["ended_on"], run.zone) > start
    ]
    shades = [*past, *cadence_words.shades(row, run.as_of, run.zone), *_expected(row, run)]
    title = f"{row['service']}: {len(ticks)} in 12 weeks; {cadence_words.state(row)}"
    return beat_strip(ticks, start, end, title, shades=shades, now=run.as_of, tones=CSS)


def _expected(row: Row, run: Run) -> list[Shade]:
    """Return the days in which the next deployment is expected, unless it is off its rhythm."""
    first, last = row["next_from"], row["next_to"]
    if first is None or last is None or row["state"] not in ("on_rhythm", "watch"):
        return []
    begins = max(_at(first, run.zone), run.as_of)
    ends = min(_at(last + timedelta(days=1), run.zone), run.as_of + AHEAD)
    return [Shade(begins, ends, "band")] if begins < ends else []


def _at(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(zone))


def past(spells: pl.DataFrame) -> str:
    """Return the alarms of two years as they were to be told, the latest first."""
    if spells.is_empty():
        return '<p class="caption">No service has been stalled or slowing in two years.</p>'
    columns = [
        Column("Service", "name"), Column("At worst", "chipped"), Column("From", "keep"),
        Column("To", "keep"), Column("By itself", "keep"),
    ]  # fmt: skip
    cells = [
        [
            escape_html(row["service"]),
            chip(cadence_words.STATES[row["state"]]),
            words.day(row["began_on"]),
            words.day(row["ended_on"]) if row["ended_on"] else "now",
            cadence_words.rarity(row["return_years"]).removeprefix("by itself "),
        ]
        for row in spells.to_dicts()
    ]
    return table(columns, cells, "past")


def hours(rows: pl.DataFrame, weekdays: pl.DataFrame, page: Frame) -> tuple[str, str]:
    """Return the title and the caption of the heatmap."""
    noun = page.run.noun
    if rows.is_empty():
        few = f"Too few people work on these services, or no {noun} is known: hours are not shown."
        return "When do we ship?", few
    total = int(rows["deployment_count"].sum())
    caption = (
        f"{noun}s by weekday and hour, stronger is more; {page.run.zone}; n = {total}, 12 months"
    )
    avoided = weekdays.filter("is_avoided").to_dicts()
    if not avoided:
        enough = not weekdays.filter(~pl.col("is_too_few")).is_empty()
        what = "No weekday is avoided beyond chance" if enough else "When do we ship?"
        return what, caption
    told = [
        f"{DAYS[row['weekday'] - 1]} carries {round(100 * row['mean_share'])} % of a usual day"
        f"{_held(row)}"
        for row in avoided
    ]
    return words.listed(told), caption


def _held(row: Row) -> str:
    held = round(row["held_change_days"] or 0)
    return f" and holds back {words.counted(held, 'change-day')} a year" if held else ""


def dots(outcomes: pl.DataFrame, trait: str, tone: Mapping[str, str], page: Frame) -> None:
    """Draw the fail rate by a trait of deployments under what it finds."""
    rows = outcomes.filter(trait=trait).to_dicts()
    named = DAYS if trait == "weekday" else SIZES
    title, caption = _finding(rows, trait, page)
    if not rows:
        marks.chart_title(title, f"No {page.run.noun} of the last 12 months says.")
        return
    drawn = charts.rate_dots(
        rows, [named[row["place"] - 1] for row in rows], tone, is_demo=page.run.is_demo
    )
    found = outcomes.filter(trait=trait)
    picture.show(drawn, key=trait.replace("_", "-"), title=title, caption=caption, rows=found)


def _finding(rows: Sequence[Row], trait: str, page: Frame) -> tuple[str, str]:
    what = "weekday" if trait == "weekday" else f"changes in the {page.run.noun}"
    caption = f"change fail rate by {what}, 95 % interval, 12 months; association, not proof"
    beyond = [row for row in rows if row["is_worse"]]
    if trait == "weekday":
        named = [f"{DAYS[row['place'] - 1]}s" for row in beyond]
        fine = "No weekday fails more beyond chance"
    else:
        named = [f"Batches of {SIZES[row['place'] - 1]}" for row in beyond]
        fine = "No batch size fails more beyond chance"
    if all(row["is_too_few"] for row in rows):
        return "Too few to tell who fails more", caption
    return (f"{words.listed(named)} fail more often" if named else fine), caption


def missed(weekdays: pl.DataFrame, page: Frame) -> str:
    """Return how many working days were missed; nothing where none is known."""
    count, days = (int(weekdays[name].sum()) for name in ("missed_count", "day_count"))
    if not days:
        return ""
    share = f"{count:,} of {days:,} working days ({words.rate(count / days)})"
    return marks.caption(
        f"Missed days: {share} of services in 12 months began with merged changes that waited and"
        f" ended without a {page.run.noun}."
    )


def waits(services: pl.DataFrame, page: Frame) -> str:
    """Return where something waits, the longest wait first, and what holds it."""
    rows = [row for row in services.to_dicts() if row["waiting_count"]]
    if not rows:
        return '<p class="caption">Nothing merged waits.</p>'
    rows.sort(key=lambda row: -(row["oldest_waiting_hours"] or 0))
    columns = [
        Column("Service", "name"), Column("Changes", "num"), Column("Oldest", "num"),
        Column("Usual wait", "num"), Column("Its rhythm", "chipped"),
        Column("In words", "words"),
    ]  # fmt: skip
    cells = [
        [
            marks.service_link(row["service"], page.carried),
            str(row["waiting_count"]),
            words.duration(row["oldest_waiting_hours"]),
            words.duration(row["usual_wait_hours"]),
            _holds(row),
            f"{words.counted(row['waiting_count'], 'change')}, the oldest "
            f"{words.duration(row['oldest_waiting_hours'])}, "
            f"usually {words.duration(row['usual_wait_hours'])}",
        ]
        for row in rows[:MOST_WAITS]
    ]
    more = len(rows) - MOST_WAITS
    tail = f'<p class="caption">and {more} more services</p>' if more > 0 else ""
    return table(columns, cells, "blocks waits") + tail


def _holds(row: Row) -> str:
    if row["is_frozen"]:
        return escape_html(cadence_words.said(row))
    if row["state"] in ("stalled", "slowing", "dormant"):
        return chip(cadence_words.state(row))
    return words.NOTHING


def trends(found: pl.DataFrame) -> str:
    """Return what changed beyond chance, then in a line each what did not and what is too few."""
    rows = found.to_dicts()
    changed = [row for row in rows if row["verdict"] in ("better", "worse")]
    said = [f"<p><b>{escape_html(_trend(row))}</b>: {escape_html(_values(row))}.</p>"
            for row in changed]  # fmt: skip
    same = sum(row["verdict"] == "no change beyond chance" for row in rows)
    few = len(rows) - len(changed) - same
    rest = []
    if same:
        rest.append(f"{words.counted(same, 'metric')} with no change beyond chance")
    if few:
        rest.append(f"{few} with too few to tell")
    tail = words.capital(words.listed(rest)) if rest else "Too little has been deployed to tell"
    return "".join(said) + f'<p class="caption">{tail}.</p>'


def _trend(row: Row) -> str:
    who = "The organisation" if row["scope"] == "organisation" else words.capital(row["name"])
    return f"{who} {CHANGED[row['metric']][row['verdict']]}"


def _values(row: Row) -> str:
    before = "in the six months before"
    if row["metric"] == "change_fail_rate":
        now, then = words.rate(row["recent_value"]), words.rate(row["before_value"])
    else:
        now, then = words.duration(row["recent_value"]), words.duration(row["before_value"])
    name = names.metric(row["metric"]).lower()
    return (
        f"{name} {now} in the last {row['week_count']} weeks (n = {row['recent_count']}),"
        f" {then} {before}"
    )
