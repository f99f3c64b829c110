"""Takes, lists and cancels wishes to be told once a change is live; they lie in channels' boxes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.alerts.awaited import PATIENCE, Awaited, is_live
from pipelines.alerts.outbox import Box, Outbox
from pipelines.alerts.telling import FOLDER, Say
from pipelines.configuration.alerts import Alerts
from pipelines.errors import DrumbeatError
from pipelines.locking import locked
from sql import words


class Wish(NamedTuple):
    """A change that a channel waits for, and the day after which it waits no longer."""

    channel: str
    service: str
    change_id: str
    since: date
    until: date


def subscribe(
    alerts: Alerts,
    data_dir: Path,
    channel: str,
    rows: Sequence[Mapping[str, Any]],
    today: date,
    say: Say,
) -> None:
    """Let a channel of the configuration be told of each change that is not live yet."""
    known = [one.name for one in alerts.channels]
    if channel not in known:
        # What was given may be an address with a secret in it, so it is not said again.
        said = f"one of {words.listed(known)}" if known else "and none is there yet"
        raise DrumbeatError(
            f"--tell wants the name of a channel under `alerts:` in drumbeat.yaml, {said}; "
            "an address belongs there, with its secret in the environment"
        )
    new = [Awaited(row["service"], row["change_id"], today) for row in rows if not is_live(row)]
    if not new:
        say("It is live already: nobody need be told.")
        return
    folder = data_dir / FOLDER
    with locked(folder, wait=True, say=say):
        outbox = Outbox(folder)
        box = outbox.read(channel)
        again = {(one.service, one.change_id) for one in new}
        left = [one for one in box.awaited if (one.service, one.change_id) not in again]
        outbox.write(channel, replace(box, awaited=(*left, *new)))
    named = words.listed([f"{one.change_id} of {one.service}" for one in new])
    say(f"{channel} is told once {named} is live, if that is within {PATIENCE.days} days.")


def wishes(data_dir: Path) -> Iterator[Wish]:
    """Yield what every channel waits for, the oldest first of each."""
    outbox = Outbox(data_dir / FOLDER)
    for channel in outbox.channels():
        for one in outbox.read(channel).awaited:
            yield Wish(channel, one.service, one.change_id, one.since, one.since + PATIENCE)


def cancel(
    data_dir: Path, channel: str, asked: str, rows: Sequence[Mapping[str, Any]], say: Say
) -> None:
    """Let a channel wait no longer for changes that ``asked`` names, those of ``rows`` or by id."""
    folder = data_dir / FOLDER
    meant = {(row["service"], row["change_id"]) for row in rows}
    with locked(folder, wait=True, say=say):
        outbox = Outbox(folder)
        box = outbox.read(channel) if channel in outbox.channels() else Box()
        gone = [
            one
            for one in box.awaited
            if asked == one.change_id or (one.service, one.change_id) in meant
        ]
        if not gone:
            raise DrumbeatError(
                f"that channel waits for no change called {asked!r}; "
                "`drumbeat where --awaited` lists what is waited for"
            )
        left = tuple(one for one in box.awaited if one not in gone)
        outbox.write(channel, replace(box, awaited=left))
    named = words.listed([f"{one.change_id} of {one.service}" for one in gone])
    say(f"{channel} is not told of {named} any more.")
