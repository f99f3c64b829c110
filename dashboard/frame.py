"""The frame that all pages share: which run, which choices, and where heading and picture go."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import marks, questions
from sql import words
from sql.words import escape_html

ALL_TEAMS = "All teams"
PERIODS = (12, 3, 6, 18)
HOSTS = {"github": "GitHub", "gitlab": "GitLab"}
"""How sources are called that have no name but their kind."""


@dataclass(frozen=True)
class Frame:
    """What a page is told before it begins."""

    run: questions.Run
    heading: DeltaGenerator
    team: str = ""
    service: str = ""
    months: int = 12
    period: str = "week"

    @property
    def since(self) -> date:
        """Return the first day of the chosen period."""
        return self.run.this_week - timedelta(days=round(self.months * 30.44))

    @property
    def carried(self) -> str:
        """Return the choices that a link to another page takes along."""
        kept = f"&period={quote(_months(self.months))}" if self.months != PERIODS[0] else ""
        return kept + ("&by=monthly" if self.period == "month" else "")

    def head(self, scope: list[str], sentence: words.Sentence) -> None:
        """Write the overline and the sentence; ``scope`` is HTML."""
        parts = [*scope, escape_html(words.week(self.run.last_week))]
        if self.run.is_demo:
            ends = words.day(self.run.day(self.run.as_of))
            parts.append(f'<span class="demo">Demo: made-up data, ending {ends}</span>')
        parts += [escape_html(self._reach(row)) for row in questions.unread().to_dicts()]
        marks.overline(parts, self.heading)
        marks.sentence(sentence, self.heading)

    def _reach(self, row: dict[str, Any]) -> str:
        """Say how far back a source is read that is not read to its beginning yet."""
        source = HOSTS.get(row["source"], row["source"])
        since = words.day(self.run.day(row["history_since"]))
        return f"{source}: history since {since}, more is being read"


_frame: ContextVar[Frame] = ContextVar("frame")


def current() -> Frame:
    """Return the frame of the page that is being drawn."""
    return _frame.get()


def begin(page: str, run: questions.Run) -> None:
    """Draw the filters that a page has, and keep their choices for it.

    They are made by the main script, since a page's own widgets lose their place in the URL
    when the reader moves on.
    """
    heading = st.container(key="heading")
    if page in ("data", "sql"):
        _frame.set(Frame(run, heading))
        return
    with st.container(key="filters", horizontal=True):
        team = service = ""
        if page == "service":
            service = _choose("Service", questions.service_names(), "service", 190) or ""
        else:
            teams = questions.teams()
            if len(teams) > 1:
                team = _choose("Team", [ALL_TEAMS, *teams], "team", 160) or ""
        # What stands in the URL is the option as shown, so the options read well in both.
        months = _choose("Period", [_months(months) for months in PERIODS], "period", 130)
        by = _choose("By", ["weekly", "monthly"], "by", 120)
    _frame.set(
        Frame(
            run,
            heading,
            "" if team == ALL_TEAMS else team,
            service,
            next((count for count in PERIODS if _months(count) == months), PERIODS[0]),
            "month" if by == "monthly" else "week",
        )
    )


def _choose(label: str, options: list[str], key: str, width: int) -> str | None:
    return st.selectbox(
        label, options, key=key, bind="query-params", width=width, label_visibility="collapsed"
    )


def _months(count: int) -> str:
    return f"{count} months"
