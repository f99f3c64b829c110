"""Flow and stability: where lead time goes, what waits, what fails and how fast it is mended."""

from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard import (
    charts,
    flow,
    frame,
    links,
    marks,
    picture,
    remembered,
    story,
    theme,
)
from dashboard.questions import delivery, measured, needs, stability
from dashboard.rows import source_notes
from sql.words import escape_html

page = frame.current()
run, tone = page.run, theme.tones()
scope, name = page.scope
names = [page.service] if page.service else needs.services(page.team)["service"].to_list()
metrics = measured.metrics(scope, name, page.since, page.period, page.clock)
stages = delivery.stages(scope, name, page.week_on, page.clock)
since = page.week_on - timedelta(days=7)
rollouts, failures = flow.happened(names, page)
ends_on = page.week_on + timedelta(days=7)
of_all = stability.fail_rate_of_all(ends_on)

page.head([escape_html(name)] if scope != "organisation" else [],
          flow.sentence(flow.until(metrics, page), stages, page))  # fmt: skip

with st.container(key="pair-flow"):
    left, right = st.columns(2, gap="large")
with left:
    title, caption = story.stages(stages, page)
    if stages.is_empty():
        marks.chart_title(title, caption)
    else:
        drawn = charts.stages(stages, tone, is_demo=run.is_demo)
        picture.show(drawn, key="stages", title=title, caption=caption, rows=stages)
    spread = delivery.spread(scope, name, page.clock)
    latest = delivery.stages(scope, name, run.last_week, page.clock).filter("is_now").to_dicts()
    now = latest[0] if latest else {}
    title, caption = story.spread(spread, now, page)
    if spread.is_empty():
        marks.chart_title("How spread is lead time?", "")
        marks.empty(
            "No change was delivered in the last four whole weeks.",
            "Lead time needs commits or pull requests, and deployments that carry them.",
            "drumbeat doctor",
        )
    else:
        lines = {"half": now.get("p50"), "nine in ten": now.get("p90")}
        drawn = charts.spread(spread, lines, tone, is_demo=run.is_demo)
        picture.show(drawn, key="spread", title=title, caption=caption, rows=spread)
with right:
    waits = delivery.waits(names)
    marks.chart_title(
        "What waits: merged, not yet deployed",
        "oldest first; usual is the service's own median from merge to deployment"
        + story.as_of(page),
    )
    if waits.is_empty():
        marks.empty("Everything merged has gone out.", "")
    else:
        marks.write(flow.waits(waits, page))
    if said := flow.waited(delivery.wait(scope, name, page.week_on)):
        marks.write(marks.caption(said))

with st.container(key="pair-stability"):
    left, right = st.columns(2, gap="large")
with left:
    curves = stability.recovery_curves(scope, name)
    if curves.is_empty():
        marks.chart_title("How fast is recovery?", "")
        marks.empty(
            "No failure is known, so recovery can't be counted.",
            "Add a source of incidents, such as pagerduty or files with incidents.csv.",
            "drumbeat doctor",
        )
    else:
        title, caption = flow.recovery(curves, measured.trends(scope, name, names), page)
        drawn = charts.recovery_curve(curves, tone, is_demo=run.is_demo)
        picture.show(drawn, key="recovery", title=title, caption=caption, rows=curves)
with right:
    rates = stability.fail_rates(names, ends_on).with_columns(
        pl.col("service").is_in(stability.failing_more(ends_on)).alias("is_worse")
    )
    title, caption = flow.rates(rates, len(names), page)
    led = links.leading(rates, lambda row: page.to("service", service=row["service"]))
    drawn = charts.fail_rates(led, of_all, tone, is_demo=run.is_demo)
    picture.show(drawn, key="rates", title=title, caption=caption, rows=rates)

lanes = flow.lanes(failures, rollouts)
title = f"{run.noun.capitalize()}s and incidents, {flow.span(page)}"
if rollouts.is_empty():
    marks.chart_title(title, flow.nothing(page))
else:
    led = links.leading(rollouts.filter(pl.col("service").is_in(lanes)), page.to_source)
    drawn = charts.timeline(
        led, page.week_end, run.zone, tone, lanes=lanes, days=14, is_demo=run.is_demo
    )
    happened = remembered.annotations(page, since)
    drawn = charts.annotated(drawn, happened.to_dicts(), tone)
    shown = f"; {len(lanes)} of {rollouts['service'].n_unique()} services"
    picture.show(drawn, key="timeline", title=title, caption=flow.TIMELINE + shown, rows=rollouts)
    remembered.say(happened)

marks.section(
    f"What failed in the {flow.span(page)}, and how we know",
    f"latest first; times in {run.zone}; a version leads to the deployment, a change to its review",
)
if failures.is_empty():
    marks.empty(f"Nothing of the {flow.span(page)} is known to have failed.", "")
else:
    marks.write(flow.failures(failures.head(flow.FAILURES), page))
    picture.csv("failures", failures)

marks.note(story.notes(page) + source_notes(page))
