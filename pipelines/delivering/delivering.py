"""Delivers reports to every channel, and again what did not go before.

First all is planned and on disk, then sent; what went is remembered before the next goes. A kill
in between sends that one report again: a channel that replaces finds it and changes it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pipelines import windows
from pipelines.alerts.occasions import occasion
from pipelines.alerts.outcomes import Outcome
from pipelines.alerts.telling import refuse
from pipelines.configuration.reports import AnyRecipient
from pipelines.delivering import packing, ways
from pipelines.delivering.parcels import Box, Parcel, Shelf
from pipelines.errors import DrumbeatError
from pipelines.locking import locked
from pipelines.project import Project
from pipelines.publishing import current
from pipelines.reports.contents import Report
from pipelines.reports.reading import Scope
from sql import words

FOLDER = Path("outbox") / "reports"
GIVE_UP = timedelta(days=7)
"""By then there is the next report."""
Fate = Literal["sent", "replaced", "unchanged", "was sent before", "waits", "given up", "no report"]
Say = Callable[[str], None]
Send = Callable[[AnyRecipient, Parcel, str], Outcome]


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one report for one channel."""

    channel: str
    kind: str
    edition: str
    fate: Fate


def deliver(found: Project, reports: Mapping[Scope, Report], say: Say) -> list[Posted]:
    """Deliver to every channel that is configured; raises DrumbeatError for another moment."""
    now = datetime.now(UTC)
    with windows.published(current(found.serving)) as con:
        refuse(occasion(con, now), "delivered reports are", "write the report without `--deliver`")
    configuration = found.configuration
    return Deliverer(
        configuration.report.channels,
        found.data_dir,
        say,
        configuration.hidden,
        configuration.alerts.dashboard_url,
    ).deliver(reports, now)


def wanted(found: Project) -> list[Scope]:
    """Return whose reports the channels are to get."""
    return [packing.scope(channel) for channel in found.configuration.report.channels]


def complain(posted: Sequence[Posted]) -> None:
    """Raise where something did not go."""
    if any(one.fate == "waits" for one in posted):
        raise DrumbeatError("not all reports went; what waits goes with a later run")
    if lost := [one.channel for one in posted if one.fate == "no report"]:
        raise DrumbeatError(f"there is no report for {words.listed(lost)}; mend `of` there")
    if any(one.fate == "given up" for one in posted):
        raise DrumbeatError("some reports were given up, as they did not go for too long")


@dataclass(frozen=True, slots=True)
class Deliverer:
    """What delivering takes besides the reports."""

    channels: Sequence[AnyRecipient]
    data_dir: Path
    say: Say
    hidden: Callable[[str], str]
    dashboard_url: str | None = None
    send: Send = ways.send

    def deliver(self, reports: Mapping[Scope, Report], now: datetime) -> list[Posted]:
        """Deliver to each channel the report that it is to get."""
        folder = self.data_dir / FOLDER
        with locked(folder, wait=True, say=self.say):
            shelf = Shelf(folder)
            for channel in self.channels:
                before = shelf.read(channel.name)
                if (report := reports.get(packing.scope(channel))) is None:
                    continue
                new = packing.parcel(channel, report, now, self.dashboard_url, self.say)
                after = before.having(new, is_replacing=ways.is_replacing(channel))
                if after != before:
                    shelf.write(channel.name, after)
            return [
                posted
                for channel in self.channels
                for posted in self.emptied(shelf, channel, reports.get(packing.scope(channel)), now)
            ]

    def emptied(
        self, shelf: Shelf, channel: AnyRecipient, report: Report | None, now: datetime
    ) -> Iterator[Posted]:
        """Send what waits for a channel, oldest first, until the channel asks for patience."""
        box = shelf.read(channel.name)
        if report is None:
            self.say(f"report to {channel.name}: no {channel.of} is in service in this week")
            yield Posted(channel.name, channel.kind, channel.of, "no report")
        elif all(parcel.edition != report.name for parcel in box.waiting):
            is_same: Fate = "unchanged" if ways.is_replacing(channel) else "was sent before"
            yield Posted(channel.name, channel.kind, report.name, is_same)
        for parcel in box.waiting:
            box, fate, goes_on = self.once(box, channel, parcel, now)
            shelf.write(channel.name, box)
            yield Posted(channel.name, channel.kind, parcel.edition, fate)
            if not goes_on:
                return

    def once(
        self, box: Box, channel: AnyRecipient, parcel: Parcel, now: datetime
    ) -> tuple[Box, Fate, bool]:
        """Try a parcel once; return the box, what became of it, and whether the next may go."""
        what = f"report to {channel.name}, {parcel.edition}"
        if now - parcel.made_at > GIVE_UP:
            self.say(f"{what}: given up after {parcel.tries} tries")
            return box.without(parcel), "given up", True
        if parcel.next_at is not None and now < parcel.next_at:
            self.say(f"{what}: waits until {parcel.next_at:%Y-%m-%d %H:%M} UTC")
            return box, "waits", parcel.is_refused
        before = box.delivered.get(parcel.edition)
        outcome = self.send(channel, parcel, before.place if before else "")
        if outcome.said:
            self.say(f"{what}: {self.hidden(outcome.said)}")
        if outcome.fate == "sent":
            fate: Fate = "replaced" if before else "sent"
            return box.went(parcel, outcome.place, now), fate, True
        return box.tried(parcel, outcome, now), "waits", outcome.fate == "refused"
