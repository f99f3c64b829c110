"""One service: its five metrics, its weeks, where its lead time goes, what it shipped and holds."""

import streamlit as st

from dashboard import (
    charts,
    download,
    frame,
    heads,
    levels,
    links,
    marks,
    picture,
    remembered,
    rows,
    story,
    theme,
)
from dashboard.questions import delivery, measured, needs, shipped
from dashboard.rows import source_notes
from sql import words

page = frame.current()
run, tone = page.run, theme.tones()
service = needs.service(page.service)
if not service:
    known = needs.services()
    if known.is_empty():
        page.head([], (words.Part("No service is known yet."),))
        marks.empty("No source has named a service.", "Add one, then run", "drumbeat refresh")
    else:
        page.head([], (words.Part("Which service? "), words.Part("Those most in need are first.")))
        marks.write(rows.services(known.head(rows.MOST_ROWS), page))
    marks.note(source_notes(page))
    st.stop()

metrics = measured.metrics("service", page.service, page.since, page.period, page.clock)
weekly = measured.metrics("service", page.service, page.since, "week")["deployment_frequency"]
deployments = rows.deployments(page)
happened = remembered.annotations(page).to_dicts()
stages = delivery.stages("service", page.service, run.last_week, page.clock)

page.head(story.scope(service), story.sentence(service, heads.last_whole(weekly), page))
step, largest = needs.next_step(page.service), delivery.largest_stage(page.service)
marks.write(story.next_step(step, largest, stages))
heads.five(metrics, page)

with st.container(key="pair-charts"):
    left, right = st.columns([3, 2], gap="large")
with left:
    frequency = metrics["deployment_frequency"]
    title, caption = story.weeks(frequency, page)
    led = links.leading(frequency, page.to_week)
    bars = charts.weekly_bars(led, page.since, tone, noun=run.noun, is_demo=run.is_demo)
    bars = charts.annotated(bars, happened, tone)
    picture.show(bars, key="weeks", title=title, caption=caption, rows=frequency)
with right:
    title, caption = story.stages(stages, page)
    if stages.is_empty():
        marks.chart_title(title, caption)
    else:
        drawn = charts.stages(stages, tone, is_demo=run.is_demo)
        picture.show(drawn, key="stages", title=title, caption=caption, rows=stages)

title = f"{run.noun.capitalize()}s and failures, last four weeks"
if story.is_silent(deployments, page):
    marks.chart_title(title, f"No {run.noun} in the last four weeks.")
else:
    led = links.leading(deployments, page.to_source)
    drawn = charts.timeline(led, run.as_of, run.zone, tone, is_demo=run.is_demo)
    picture.show(
        charts.annotated(drawn, happened, tone),
        key="timeline",
        title=title,
        caption=story.TIMELINE,
        rows=deployments,
        alt=story.timeline(deployments, page),
    )

with st.container(key="pair-tables"):
    left, right = st.columns([2, 1], gap="large")
with left:
    marks.chart_title(f"Latest {run.noun}s", f"times in {run.zone}; lead times as defined")
    marks.write(story.latest(deployments, page))
with right:
    waiting = delivery.waiting(page.service)
    marks.chart_title("Waiting to go out", story.waits(service, waiting))
    if not waiting.is_empty():
        marks.write(story.waiting(waiting, page))

every = st.expander(
    f"Every {run.noun} of the last 84 days, whether it counts or not",
    expanded=page.choices.is_narrowed, key="every", on_change="rerun",
)  # fmt: skip
if every.open:
    with every:
        found = shipped.every_deployment(
            page.service, run.as_of - rows.STRIP, page.choices.environment, page.choices.is_bot
        )
        st.dataframe(found, hide_index=True, alt=f"Every {run.noun} of {page.service}")
        download.link("As CSV", found, f"{run.noun}s.csv")

levels.show(page.service, page)

marks.note(story.notes(page) + source_notes(page))
