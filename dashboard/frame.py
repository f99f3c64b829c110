"""The frame that all pages share: which run, which choices, and where heading and picture go."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import filters, late, links, marks
from dashboard.filters import Choices
from dashboard.questions import freshness
from sql import words
from sql.runs import Run
from sql.words import escape_html

NOTHING_CHOSEN = Choices()
HOSTS = {"github": "GitHub", "gitlab": "GitLab"}
"""How sources are called that have no name but their kind."""
NARROWED = (
    "Deployments listed: {}. Metrics, waits and what is usual are not narrowed; failures are known"
    " of production alone."
)


@dataclass(frozen=True)
class Frame:
    """What a page is told before it begins."""

    run: Run
    heading: DeltaGenerator
    choices: Choices = NOTHING_CHOSEN

    @property
    def team(self) -> str:
        """Return the chosen team, empty for all."""
        return self.choices.team

    @property
    def service(self) -> str:
        """Return the chosen service, empty for all or none."""
        return self.choices.service

    @property
    def mine(self) -> tuple[str, ...]:
        """Return the services that the reader calls their own, none for all."""
        return self.choices.mine

    @property
    def months(self) -> int:
        """Return how many months are shown."""
        return self.choices.months

    @property
    def period(self) -> str:
        """Return what a point in a chart is: a week or a month."""
        return self.choices.period

    @property
    def clock(self) -> str:
        """Return the clock of lead times: calendar or working, empty for that of the rules."""
        return self.choices.clock

    @property
    def week_on(self) -> date:
        """Return the Monday of the week that is looked at, by itself the last whole one."""
        return words.monday(self.choices.week) if self.choices.week else self.run.last_week

    @property
    def week_end(self) -> datetime:
        """Return where the picture of what happened ends: now, or with the chosen week."""
        if not self.choices.week:
            return self.run.as_of
        end = datetime.combine(self.week_on + timedelta(days=7), time(), ZoneInfo(self.run.zone))
        return min(end, self.run.as_of)

    @property
    def scope(self) -> tuple[str, str]:
        """Return whose numbers the page is about, as marts name it."""
        if self.service or len(self.mine) == 1:
            return "service", self.service or self.mine[0]
        return ("team", self.team) if self.team else ("organisation", "organisation")

    @property
    def since(self) -> date:
        """Return the first day of the chosen period."""
        return self.run.this_week - timedelta(days=round(self.months * 30.44))

    @property
    def carried(self) -> str:
        """Return the choices that a link to another page takes along."""
        return "".join(f"&{key}={quote(value)}" for key, value in self.choices.shared().items())

    def to(self, page: str, **choices: str) -> str:
        """Return the address of another page, which keeps the reader's other choices."""
        return links.address(page, {**self.choices.shared(), **choices})

    def to_week(self, row: Mapping[str, Any]) -> str:
        """Return where the evidence of a point is: what happened in its last whole week."""
        last = row["ends_on"] - timedelta(days=7)
        on = min(last - timedelta(days=last.weekday()), self.run.last_week)
        if not row["is_finished"]:
            return ""
        scope, name = self.scope
        chosen = {} if scope == "organisation" else {scope: name}
        return self.to("flow", **chosen, week=words.iso_week(on))

    def to_source(self, row: Mapping[str, Any]) -> str:
        """Return the page of a deployment at its source, else that of its service."""
        return words.address(row.get("url")) or self.to("service", service=row["service"])

    def head(
        self, scope: list[str], sentence: words.Sentence, things: Sequence[str] = late.ALL
    ) -> None:
        """Write the overline, the sentence and what is late; ``scope`` is HTML.

        ``things`` are those that the page's numbers stand on: deployments, incidents, changes or
        commits.
        """
        parts = [*scope, escape_html(words.week(self.week_on))]
        if self.run.is_demo:
            ends = words.day(self.run.day(self.run.as_of))
            parts.append(f'<span class="demo">Demo: made-up data, ending {ends}</span>')
        parts += [escape_html(self._reach(*row)) for row in freshness.unread().iter_rows()]
        parts += [f'<span class="late">{escape_html(said)}</span>' for said in self.choices.unknown]
        marks.overline(parts, self.heading)
        marks.sentence(sentence, self.heading)
        if self.choices.is_narrowed:
            marks.write(marks.caption(NARROWED.format(self.choices.narrowed)), self.heading)
        marks.lateness(late.lines(things, self.run), self.heading)

    def _reach(self, source: str, _kind: str, history_since: datetime) -> str:
        """Say how far back a source is read that is not read to its beginning yet."""
        since = words.day(self.run.day(history_since))
        return f"{HOSTS.get(source, source)}: history since {since}, more is being read"


_frame: ContextVar[Frame] = ContextVar("frame")


def current() -> Frame:
    """Return the frame of the page that is being drawn."""
    return _frame.get()


def begin(run: Run, keys: Sequence[str]) -> None:
    """Draw the filters that a page has, and keep their choices for it."""
    heading = st.container(key="heading")
    _frame.set(Frame(run, heading, filters.ask(keys)))
