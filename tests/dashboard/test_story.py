"""What the service page claims, and when it claims nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
import streamlit as st

from dashboard import story
from dashboard.filters import Choices
from dashboard.frame import Frame
from dashboard.questions import delivery, runs
from sql import words


@pytest.fixture
def page(published, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(published))
    return Frame(runs.run(), st.empty(), Choices(service="checkout"))


class Heading:
    """Keeps what is written into it."""

    told = ""

    def markdown(self, html, **_):
        self.told += html


def stages(page):
    return delivery.stages("service", "checkout", page.run.last_week)


def test_a_title_says_how_long_a_change_takes_now(page):
    title, caption = story.stages(stages(page), page)

    assert title.startswith("A change now takes 15 h to reach production")
    assert "n = 148 and 155" in caption


def test_a_title_over_too_few_changes_claims_nothing(page):
    title, _ = story.stages(
        stages(page).with_columns(change_count=pl.lit(3), is_too_few=True), page
    )

    assert title == "Lead time now: too few to tell, n = 3"


def test_without_a_change_in_four_weeks_nothing_is_said_of_now(page):
    title, caption = story.stages(stages(page).filter(~pl.col("is_now")), page)

    assert title == "Where does lead time go?"
    assert caption == "No change was delivered in the last four weeks."


def test_on_plain_git_a_change_is_released(page):
    git = replace(page, run=replace(page.run, is_git_only=True))

    assert story.stages(stages(page), git)[0].endswith("to be released")


def test_last_week_is_the_last_whole_one_in_the_configured_zone(page):
    late = replace(page.run, as_of=page.run.as_of.replace(day=22, hour=23, minute=30))

    assert page.run.last_week == date(2026, 11, 16)
    assert late.last_week == date(2026, 11, 16)  # already Monday in Berlin
    assert replace(late, zone="UTC").last_week == date(2026, 11, 9)


def test_a_silence_that_people_know_of_is_told_with_their_reason(page):
    rhythm = {
        "state": "stalled", "is_frozen": False, "waiting_count": 3, "silent_working_days": 21,
        "usual_working_days": 2, "silent_r_years": 90, "confirmed_reason": "team on holiday",
        "confirmed_until_on": date(2026, 12, 7),
    }  # fmt: skip
    row = {"service": "stock", "last_deployed_at": page.run.as_of, **rhythm}

    said = words.text(story.sentence(row, {}, page))

    assert "Silent 21 working days, usually 2" in said
    assert said.endswith("known until 7 December 2026: team on holiday.")
    assert "changes wait" not in said


def test_of_too_few_changes_no_stage_is_called_the_largest(page):
    largest = {"stage": "wait", "stage_share": 0.7, "change_count": 1}
    few = stages(page).with_columns(is_too_few=pl.lit(True))

    assert "largest stage is wait" in story.next_step({}, largest, stages(page))
    assert "largest stage" not in story.next_step({}, largest, few)


def test_a_silence_is_not_called_usual_for_the_weeks_that_it_lasts(page):
    silent = {
        "state": "stalled", "is_frozen": False, "waiting_count": 0, "silent_working_days": 21,
        "usual_working_days": 2, "silent_r_years": 90, "last_deployed_at": page.run.as_of,
    }  # fmt: skip
    rhythms = {"stalled": silent, "on rhythm": silent | {"state": "on_rhythm"}}
    last = {"n": 0, "low": 0.0, "high": 4.0}

    said = {
        name: words.text(story.sentence({"service": "stock", **row}, last, page))
        for name, row in rhythms.items()
    }

    assert said["stalled"].startswith("Stock shipped nothing last week. Silent 21 working days")
    assert "within its usual 0 to 4" in said["on rhythm"]


def test_a_service_that_shipped_nothing_in_four_weeks_has_no_timeline(page):
    old = pl.DataFrame({"finished_at": [page.run.as_of - timedelta(days=29)]})
    new = pl.DataFrame({"finished_at": [page.run.as_of - timedelta(days=27)]})

    assert story.is_silent(old, page)
    assert not story.is_silent(new, page)
    assert story.is_silent(old.clear(), page)


def test_a_day_is_that_of_the_configured_zone(page):
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    retired = {"service": "stock", "state": "retired", "last_deployed_at": late}
    heading = Heading()

    replace(page, run=replace(page.run, as_of=late, is_demo=True), heading=heading).head([], ())

    assert words.text(story.sentence(retired, {}, page)).endswith("went out on 2 March 2026.")
    assert "made-up data, ending 2 March 2026" in heading.told
