"""Tells every channel what is new of its services, and again what did not go before.

First all is planned and on disk, then sent; what was sent is remembered before the next goes. A
kill in between sends that one message again, under the same id.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pipelines.alerts.messages import Message
from pipelines.alerts.outbox import Box, Outbox
from pipelines.alerts.planning import Occasion, planned
from pipelines.alerts.sending import Send, send
from pipelines.configuration.alert_channels import AnyChannel, Channel
from pipelines.configuration.alerts import Alerts
from pipelines.errors import DrumbeatError
from pipelines.locking import locked

OLDEST = timedelta(days=3)
FOLDER = "outbox"
Say = Callable[[str], None]
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one message."""

    channel: str
    kind: str
    message: Message
    fate: Literal["sent", "waits", "given up", "would be sent"]


@dataclass(frozen=True, slots=True)
class Teller:
    """What telling takes besides what there is to tell."""

    alerts: Alerts
    data_dir: Path
    say: Say
    send: Send = send

    def tell(self, rows: Rows, occasion: Occasion) -> list[Told]:
        """Tell what is new; raises DrumbeatError for a moment that is not now."""
        refuse(occasion)
        folder = self.data_dir / FOLDER
        with locked(folder, wait=True, say=self.say):
            outbox = Outbox(folder)
            for channel in self.alerts.channels:
                before = outbox.read(channel.name)
                after = planned(before, channel, rows, self.alerts, occasion)
                if after != before:
                    outbox.write(channel.name, after)
            return [
                told
                for channel in self.alerts.channels
                for told in self.deliver(outbox, channel, occasion)
            ]

    def preview(self, rows: Rows, occasion: Occasion) -> list[Told]:
        """Return what would be told; sends and remembers nothing, whatever the moment."""
        outbox = Outbox(self.data_dir / FOLDER)
        channels: Sequence[Channel] = self.alerts.channels or [Channel(kind="none", name="nobody")]
        return [
            Told(channel.name, channel.kind, message, "would be sent")
            for channel in channels
            for message in planned(
                outbox.read(channel.name), channel, rows, self.alerts, occasion
            ).waiting
        ]

    def deliver(self, outbox: Outbox, channel: AnyChannel, occasion: Occasion) -> Iterator[Told]:
        """Send what waits for a channel, oldest first, until the channel asks for patience."""
        box = outbox.read(channel.name)
        if self.alerts.quiet_until and occasion.today < self.alerts.quiet_until:
            return
        for message in box.waiting:
            box, fate, goes_on = self.once(box, channel, message, occasion.now)
            outbox.write(channel.name, box)
            yield Told(channel.name, channel.kind, message, fate)
            if not goes_on:
                return

    def once(
        self, box: Box, channel: AnyChannel, message: Message, now: datetime
    ) -> tuple[Box, Literal["sent", "waits", "given up"], bool]:
        """Try a message once; return the box, what became of it, and whether the next may go."""
        what = f"alerts to {channel.name}, message {message.id}"
        if now - message.made_at > timedelta(days=self.alerts.give_up_days):
            self.say(f"{what}: given up after {message.tries} tries: {named(message)}")
            return box.without(message), "given up", True
        if message.next_at is not None and now < message.next_at:
            self.say(f"{what}: waits until {message.next_at:%Y-%m-%d %H:%M} UTC")
            return box, "waits", message.is_refused
        outcome = self.send(channel, message, self.alerts.dashboard_url)
        if outcome.said:
            self.say(f"{what}: {self.alerts._origin.hidden(outcome.said)}")
        if outcome.fate == "sent":
            return box.told(message, now), "sent", True
        return box.tried(message, outcome, now), "waits", outcome.fate == "refused"


def refuse(
    occasion: Occasion,
    what: str = "alerts are",
    otherwise: str = "see what it would tell with `drumbeat alerts --dry-run`",
) -> None:
    """Refuse to tell anybody of another moment than now."""
    run = occasion.run
    remedy = f"run `drumbeat refresh`, or {otherwise}"
    if run.has_as_of or run.has_known_at:
        option = "--as-of" if run.has_as_of else "--known-at"
        said = f"what is published was made with {option}, and {what} of now"
        raise DrumbeatError(f"{said}: {remedy}")
    if not occasion.is_demo and occasion.now - run.as_of > OLDEST:
        on = f"{run.as_of:%Y-%m-%d}"
        raise DrumbeatError(f"what is published is of {on}, too old to tell anybody: {remedy}")


def named(message: Message) -> str:
    """Name the services of a message."""
    return ", ".join(sorted(f"{one.service} ({one.state})" for one in message.notices))
