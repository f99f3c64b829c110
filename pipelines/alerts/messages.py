"""One message to one channel: everything there is to tell of its services, the worst first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from pipelines.alerts.notices import LIVE, ORDER, Notice, clean
from pipelines.printing import MADE_UP
from sql import words

PAGE = "service?service="
MEASURE = (
    "Each silence is measured against the service's own rhythm; holidays, freezes and bots are "
    "left out."
)
GROUPS = {
    "stalled": ("has gone quiet", "have gone quiet"),
    "irreversible": ("can not be taken back", "can not be taken back"),
    "slowing": ("is slowing", "are slowing"),
    "dormant": ("has been quiet for long", "have been quiet for long"),
    "recovered": ("is back", "are back"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """Some notices on their way, and how often that was tried.

    One that was refused for what it is holds up no other.
    """

    id: str
    made_at: datetime
    as_of: datetime
    is_demo: bool
    notices: tuple[Notice, ...]
    tries: int = 0
    next_at: datetime | None = None
    is_refused: bool = False

    @property
    def is_live(self) -> bool:
        """Tell whether it is of changes that were waited for."""
        return all(one.state == LIVE for one in self.notices)


class Item(NamedTuple):
    """A service as a message says it: every text on one line and cut to its place."""

    service: str
    title: str
    said: str
    waits: str
    url: str


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words, before a channel's form."""

    headline: str
    items: tuple[Item, ...]
    more: str
    notes: tuple[str, ...]


def text(message: Message, dashboard_url: str | None, most: int | None = None) -> Text:
    """Say a message, of at most ``most`` services."""
    order = [*sorted(message.notices, key=lambda one: ORDER.index(one.state))]
    shown = order[:most]
    left = len(order) - len(shown)
    measure = [] if message.is_live else [MEASURE]
    more = words.counted(left, "more change" if message.is_live else "more service")
    return Text(
        headline=headline(order),
        items=tuple(item(one, dashboard_url) for one in shown),
        more=f"and {more}" if left else "",
        notes=(*([MADE_UP] if message.is_demo else []), told_at(message), *measure),
    )


def headline(notices: Sequence[Notice]) -> str:
    """Say in one line what a message tells."""
    if len(notices) == 1:
        return f"{clean(notices[0].service)} {notices[0].title}"
    states = [one.state for one in notices]
    if {*states} == {LIVE}:
        return f"{words.counted(len(states), 'change')} that you wait for are live"
    counts = [(states.count(state), GROUPS[state]) for state in ORDER if state in states]
    first, *rest = [f"{count} {verbs[count > 1]}" for count, verbs in counts]
    count = counts[0][0]
    first = first.replace(str(count), words.counted(count, "service"), 1)
    return words.listed([first, *rest])


def item(one: Notice, dashboard_url: str | None) -> Item:
    """Say one service."""
    url = f"{dashboard_url}/{PAGE}{quote(one.service, safe='')}" if dashboard_url else ""
    return Item(clean(one.service), one.title, sentence(one.said), sentence(one.waits), url)


def sentence(told: str) -> str:
    """Write words as a sentence."""
    return f"{words.capital(told)}." if told else ""


def told_at(message: Message) -> str:
    """Say which moment is told of."""
    return f"As of {message.as_of:%Y-%m-%d %H:%M} UTC."


def lines(told: Text) -> Iterator[str]:
    """Yield a message as plain text, line by line."""
    yield told.headline
    for one in told.items:
        yield ""
        yield f"{one.service} {one.title}"
        yield from (f"  {said}" for said in (one.said, one.waits, one.url) if said)
    if told.more:
        yield from ("", told.more)
    yield ""
    yield from told.notes
