"""The five metrics as heads in words, and side by side with their pictures."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import charts, clocks, links, picture, remembered, theme
from dashboard.frame import Frame
from dashboard.marks import Head, caption, write
from sql import names, words

SPANS = {
    "week": "1 week",
    "month": "last month",
    "four_weeks": "4 weeks",
    "twelve_weeks": "12 weeks",
}
CAPTION = (
    "Line: the value over the weeks named. Band: what is usual (frequency), the middle half of"
    " changes (lead time), the 95 % interval (rates, recovery). Hollow dot: the unfinished week."
    " A click on a line leads to what happened in that week."
)


def last_whole(rows: pl.DataFrame) -> dict[str, Any]:
    """Return the last finished row, empty where there is none."""
    whole = rows.filter("is_finished").tail(1).to_dicts()
    return whole[0] if whole else {}


def unfinished(rows: pl.DataFrame) -> dict[str, Any]:
    """Return the row of the period that is still running, empty where there is none."""
    found = rows.filter(~pl.col("is_finished")).tail(1).to_dicts()
    return found[0] if found else {}


def head(metric: str, rows: pl.DataFrame, frame: Frame) -> Head:
    """Say one metric: its value, its interval and how many rows stand behind it."""
    name = names.metric(metric, is_git_only=frame.run.is_git_only)
    found = last_whole(rows)
    if not found:
        return Head(name, words.NOTHING, "", ["no history yet"])
    say = {"deployment_frequency": _frequency, "change_lead_time": _lead_time}
    if metric in say:
        return say[metric](name, found, rows, frame)
    return (_recovery if metric == "recovery_time" else _share)(name, found, frame)


def notes(found: dict[str, Any]) -> list[str]:
    """Return what to know when reading a number: that it is too few to tell, and its warnings."""
    few = [words.TOO_FEW] if found.get("is_too_few") and found["n"] else []
    return [*few, *map(words.with_days, found.get("warnings") or ())]


def five(metrics: Mapping[str, pl.DataFrame], frame: Frame) -> None:
    """Draw the five metrics side by side, two abreast on a phone."""
    tone = theme.tones()
    happened, levels = remembered.annotations(frame), remembered.changes(frame)
    said = {metric: notes(last_whole(metrics[metric])) for metric in names.WINDOWS}
    of_several = shared(said, frame)
    with st.container(key="metrics"):
        places = st.columns(len(names.WINDOWS), gap="medium")
    for place, metric in zip(places, names.WINDOWS, strict=True):
        rows = links.leading(drawn_band(metrics[metric]), frame.to_week)
        told = head(metric, metrics[metric], frame)
        key = metric.removeprefix("deployment_").replace("_", "-")
        with place, st.container(key=key, gap=None):
            write(told.html())
            drawn = charts.metric_trend(rows, frame.since, tone, is_demo=frame.run.is_demo)
            alt = f"{told.name}: {told.value} {told.unit}; {'; '.join(told.facts)}"
            marked = [*happened.to_dicts(), *levels.filter(metric=metric).to_dicts()]
            picture.draw(charts.annotated(drawn, marked, tone), key, alt)
            picture.under(key, metrics[metric], evidence=evidence(metrics[metric], frame))
            # Under the picture, so that the five stay in line.
            if own := [note for note in said[metric] if note not in of_several]:
                write("".join(map(caption, own)))
    if warned := names.with_care(of_several):
        write(caption(warned))
    every = pl.concat([happened, levels.drop("metric")])
    remembered.say(every.sort("starts_on", descending=True, maintain_order=True))


def shared(said: Mapping[str, list[str]], frame: Frame) -> dict[str, list[str]]:
    """Return what several metrics are warned of, each with their names."""
    found: dict[str, list[str]] = {}
    for metric, notes in said.items():
        for note in notes:
            name = names.metric(metric, is_git_only=frame.run.is_git_only).lower()
            found.setdefault(note, []).append(name)
    return {
        note: whose for note, whose in found.items() if len(whose) > 1 and note != words.TOO_FEW
    }


def evidence(rows: pl.DataFrame, frame: Frame) -> str:
    """Return where what happened in the last whole period stands, empty without one."""
    last = last_whole(rows)
    return words.escape_html(frame.to_week(last)) if last else ""


def drawn_band(rows: pl.DataFrame) -> pl.DataFrame:
    """Take counts as they are, and the middle half of changes as the band of lead time."""
    if rows.height and rows["metric"][0] == "deployment_frequency":
        return rows.with_columns(value=pl.col("n").cast(pl.Float64))
    if rows.height and rows["metric"][0] == "change_lead_time":
        return rows.with_columns(low=pl.col("p25"), high=pl.col("p75"))
    return rows


def _frequency(name: str, found: dict[str, Any], rows: pl.DataFrame, frame: Frame) -> Head:
    period = frame.period
    facts = [f"usual {words.count_range(found['low'], found['high'])}"]
    if found["low"] is None:
        facts = ["too little history to say what is usual"] if period == "week" else []
    now = unfinished(rows)
    if now:
        facts.append(f"{now['n']} so far this {period}")
    return Head(name, str(found["n"]), f"last {period}", facts)


def _lead_time(name: str, found: dict[str, Any], rows: pl.DataFrame, frame: Frame) -> Head:
    value, unit = words.duration_parts(found["value"])
    behind = f"n = {words.counted(found['n'], 'change')}, {SPANS[found['period']]}"
    if found["value"] is None:
        return Head(name, value, unit, ["no change was delivered", behind])
    return Head(
        name,
        value,
        unit,
        [
            f"middle half {words.duration_range(found['p25'], found['p75'])}",
            behind,
            *clocks.told(frame.clock),
        ],
    )


def _share(name: str, found: dict[str, Any], frame: Frame) -> Head:
    value, unit = words.rate_parts(found["value"])
    behind = f"n = {words.counted(found['n'], frame.run.noun)}, {SPANS[found['period']]}"
    if found["value"] is None:
        return Head(name, value, unit, [f"no {frame.run.noun} to divide by", behind])
    return Head(
        name,
        value,
        unit,
        [f"95 % interval {words.rate_range(found['low'], found['high'])}", behind],
    )


def _recovery(name: str, found: dict[str, Any], frame: Frame) -> Head:
    behind = f"n = {words.counted(found['n'], 'failure')}, {SPANS[found['period']]}"
    still = [f"{found['open_count']} still open"] if found["open_count"] else []
    if found["n"] == 0:
        return Head(name, words.NOTHING, "", ["no failure to recover from", behind])
    if found["value"] is None:
        least = words.duration(found["at_least"])
        return Head(
            name, words.NOTHING, "", [f"half not yet recovered after {least}", behind, *still]
        )
    value, unit = words.duration_parts(found["value"])
    band = f"95 % interval {words.duration_range(found['low'], found['high'])}"
    return Head(name, value, unit, [band, behind, *still])
