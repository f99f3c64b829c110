"""Cadence: who has gone quiet against their own rhythm, when they ship, and what waits."""

import streamlit as st

from dashboard import charts, frame, marks, picture, pulse, theme, whereabouts
from dashboard.questions import measured, needs, rhythm
from dashboard.rows import source_notes
from sql.words import escape_html

page = frame.current()
run, tone = page.run, theme.tones()
services = needs.services(page.team)
scope, name = ("team", page.team) if page.team else ("organisation", "organisation")
weekdays = rhythm.weekdays(scope, name)
outcomes = rhythm.outcomes(scope, name)
hours = rhythm.deployment_hours(scope, name)
trends = measured.trends(scope, name, services["service"].to_list())

page.head([escape_html(page.team)] if page.team else [], pulse.sentence(services, weekdays))

whereabouts.box(page)

title, caption = pulse.STRIPS
if services.height > pulse.MOST_STRIPS:
    caption += f"; {pulse.MOST_STRIPS} of {services.height} services, most in need; a team has all"
marks.chart_title(title, caption)
if services.is_empty():
    marks.empty("No service is known yet.", "Add a source, then run", "drumbeat refresh")
else:
    marks.write(pulse.strips(services.head(pulse.MOST_STRIPS), page))
past = rhythm.alarms(services["service"].to_list())
going_on = past["ended_on"].null_count()
lasting = f", {going_on} of them {'goes' if going_on == 1 else 'go'} on" if going_on else ""
with st.expander(f"Alarms of two years: {past.height}{lasting}"):
    marks.write(pulse.past(past))

with st.container(key="pair-weekdays"):
    left, right = st.columns([3, 2], gap="large")
with left:
    title, caption = pulse.hours(hours, weekdays, page)
    if hours.is_empty():
        marks.chart_title(title, caption)
    else:
        drawn = charts.hours(hours.to_dicts(), tone, is_demo=run.is_demo)
        picture.show(drawn, key="hours", title=title, caption=caption, rows=hours)
with right:
    pulse.dots(outcomes, "weekday", tone, page)

with st.container(key="pair-waits"):
    left, right = st.columns(2, gap="large")
with left:
    pulse.dots(outcomes, "batch_size", tone, page)
with right:
    marks.chart_title(*pulse.WAITS)
    marks.write(pulse.waits(services, page))
    if said := pulse.missed(weekdays, page):
        marks.write(said)

marks.section("What changed beyond chance", pulse.TRENDS)
marks.write(pulse.trends(trends))

with st.expander("Weekdays and missed days, as rows"):
    st.dataframe(weekdays, hide_index=True, alt="Weekdays with missed days")

marks.note([pulse.SIGNS, *source_notes(page)])
