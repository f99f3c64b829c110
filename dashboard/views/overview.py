"""The overview: what shipped, who needs a look, the five metrics and all services."""

import polars as pl
import streamlit as st

from dashboard import flow, frame, heads, marks, picture, rows
from dashboard.questions import measured, needs, stability
from sql import cadence_words
from sql.words import escape_html

page = frame.current()
run = page.run
services = needs.services(page.team, page.mine)
scope, name = page.scope
metrics = measured.metrics(scope, name, page.since, page.period, page.clock)
weekly = measured.metrics(scope, name, page.since, "week")["deployment_frequency"]
alarmed = services.filter(pl.col("state").is_in(cadence_words.ALARMS))
alarms = [row for row in alarmed.to_dicts() if cadence_words.is_alarm(row)]

page.head(
    [escape_html(page.team)] if page.team else [],
    rows.opening(services, heads.last_whole(weekly), page) + cadence_words.alarms(alarms),
)

# Medians and rates of several services can't be made from those of each.
is_pooled = len(page.mine) < 2
if is_pooled and (moved := measured.restatements(scope, name, run)):
    marks.write(rows.restated(moved, is_git_only=run.is_git_only))

if alarms:
    marks.section("Needs a look")
    marks.write(rows.needs_a_look(alarms[: rows.MOST_LOOKS], page))

failures = stability.failures(services["service"].to_list(), run.last_week)
if worse := flow.last_week(failures, page):
    marks.write(worse)

if is_pooled:
    marks.section(f"Five metrics, {page.months} months", heads.CAPTION)
    heads.five(metrics, page)

marks.section("Services, most in need first", "" if is_pooled else rows.UNPOOLED)
if services.is_empty():
    marks.note(["No service is known yet. Add a source, then run drumbeat refresh."])
else:
    marks.write(rows.services(services.head(rows.MOST_ROWS), page))
    if services.height > rows.MOST_ROWS:
        every = st.expander(f"All {services.height} services", key="every", on_change="rerun")
        if every.open:
            st.dataframe(services, hide_index=True, alt="All services, most in need first")
    picture.csv("services", services)

marks.note(rows.overview_notes(page))
