"""What a channel is to be told now: one message of all that changed since it was last told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.alerts import awaited, depths
from pipelines.alerts.awaited import Awaited
from pipelines.alerts.messages import Message
from pipelines.alerts.notices import IRREVERSIBLE, Notice, identity, notice
from pipelines.alerts.outbox import Box
from pipelines.alerts.spells import Spell, step
from pipelines.alerts.unread import Unread
from pipelines.configuration.alert_channels import Channel
from pipelines.configuration.alerts import Alerts
from pipelines.settings import Run

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Occasion:
    """The run whose states are told, when that is, and what is live of what is waited for.

    Of services that are ``unread`` nothing is told: what was not read looks like silence.
    """

    run: Run
    now: datetime
    zone: ZoneInfo
    is_demo: bool = False
    live: Mapping[Awaited, Row] = field(default_factory=dict)
    unread: Sequence[Unread] = ()

    @property
    def today(self) -> date:
        """The day that the run tells of."""
        return self.run.as_of.astimezone(self.zone).date()

    @property
    def sent_on(self) -> date:
        """The day on which it is told."""
        return self.now.astimezone(self.zone).date()


def planned(
    box: Box, channel: Channel, rows: Sequence[Row], alerts: Alerts, occasion: Occasion
) -> Box:
    """Return the box with what is new of the channel's services in one more message.

    Where the day's messages are used up or nobody is to be told yet nothing is remembered
    either: the next run looks again at what is so then.
    """
    is_quiet = alerts.quiet_until is not None and occasion.today < alerts.quiet_until
    if is_quiet or box.made(occasion.sent_on) >= alerts.daily_limit:
        return box
    unread = {one.service for one in occasion.unread}
    own = [
        row
        for row in rows
        if channel.is_for(row["service"], row["team"]) and row["service"] not in unread
    ]
    spells, notices = turned(box, channel, own, known(alerts, occasion.today), occasion.today)
    box = replace(box, spells=spells)
    if notices:
        box = box.having(message(notices, occasion), occasion.sent_on)
    return arrived(box, channel, rows, alerts, occasion)


def arrived(
    box: Box, channel: Channel, rows: Sequence[Row], alerts: Alerts, occasion: Occasion
) -> Box:
    """Return the box with what is live of its awaited changes in one more message."""
    today = occasion.sent_on
    left = tuple(one for one in box.awaited if today - one.since < awaited.PATIENCE)
    due = [one for one in left if one in occasion.live]
    if not due or box.made(today) >= alerts.daily_limit:
        return replace(box, awaited=left)
    teams = {row["service"]: row["team"] for row in rows}
    notices = [
        awaited.notice(
            channel.name,
            one,
            occasion.live[one],
            teams.get(one.service),
            str(occasion.zone),
            occasion.run.as_of,
        )
        for one in due
    ]
    left = tuple(one for one in left if one not in due)
    return replace(box, awaited=left).having(message(notices, occasion), today)


def turned(
    box: Box, channel: Channel, rows: Iterable[Row], confirmed: set[str], today: date
) -> tuple[dict[str, Spell], list[Notice]]:
    """Return the spells of all services and what is to be told of them."""
    spells, notices = dict(box.spells), []
    # Told and waiting alike: an id that is known is never made again.
    there = {*box.sent, *(one.id for waiting in box.waiting for one in waiting.notices)}
    for row in rows:
        service = row["service"]
        before = spells.get(service)
        may_begin = not row["is_frozen"] and service not in confirmed
        after, turn = step(before, row, today, channel.states, may_begin=may_begin)
        if after is not None:
            spells[service] = after
        if turn is not None and after is not None:
            made = notice(channel.name, row, turn, before or after)
            notices += [made] if made.id not in there else []
        lost = depths.notice(channel.name, row) if IRREVERSIBLE in channel.states else None
        notices += [lost] if lost is not None and lost.id not in there else []
    return spells, notices


def known(alerts: Alerts, today: date) -> set[str]:
    """Return the services whose silence people know of."""
    return {one.service for one in alerts.known if today < one.until}


def message(notices: Sequence[Notice], occasion: Occasion) -> Message:
    """Return one message of notices; its id follows from theirs."""
    return Message(
        id=identity(*sorted(one.id for one in notices)),
        made_at=occasion.now,
        as_of=occasion.run.as_of,
        is_demo=occasion.is_demo,
        notices=tuple(notices),
    )
