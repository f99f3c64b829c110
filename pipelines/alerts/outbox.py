"""What each channel was told and what is on its way to it: one file a channel, on disk at once.

What was told and what waits change in one write, so that a kill leaves both or neither. Holds no
address and no secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.alerts.awaited import Awaited
from pipelines.alerts.messages import Message
from pipelines.alerts.outcomes import Outcome, tried
from pipelines.alerts.spells import Spell
from pipelines.errors import DrumbeatError
from pipelines.landing import write_durably

KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Box:
    """All that is remembered of one channel; ``sent`` has the day of every notice's id."""

    spells: Mapping[str, Spell] = field(default_factory=dict)
    waiting: tuple[Message, ...] = ()
    sent: Mapping[str, date] = field(default_factory=dict)
    made_on: date | None = None
    made_count: int = 0
    awaited: tuple[Awaited, ...] = ()

    def made(self, today: date) -> int:
        """Return how many messages were made today."""
        return self.made_count if self.made_on == today else 0

    def having(self, message: Message, today: date) -> "Box":
        """Return the box with one more message on its way."""
        count = self.made(today) + 1
        return replace(self, waiting=(*self.waiting, message), made_on=today, made_count=count)

    def without(self, message: Message) -> "Box":
        """Return the box with a message neither told nor tried again."""
        left = tuple(one for one in self.waiting if one.id != message.id)
        return replace(self, waiting=left)

    def told(self, message: Message, now: datetime) -> "Box":
        """Return the box once a message is sent."""
        kept = {key: on for key, on in self.sent.items() if now.date() - on < KEPT}
        new = {one.id: now.date() for one in message.notices}
        return replace(self.without(message), sent=kept | new)

    def tried(self, message: Message, outcome: Outcome, now: datetime) -> "Box":
        """Return the box once a message did not go."""
        later = tried(message, outcome, now)
        left = tuple(later if one.id == message.id else one for one in self.waiting)
        return replace(self, waiting=left)


BOXES = TypeAdapter(Box)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The folder of all boxes."""

    folder: Path

    def read(self, channel: str) -> Box:
        """Return what is remembered of a channel; raises DrumbeatError where that is damaged."""
        path = self.path(channel)
        try:
            return BOXES.validate_json(path.read_bytes())
        except FileNotFoundError:
            return Box()
        except OSError as error:
            raise unreadable(path) from error
        except ValidationError as error:
            raise DrumbeatError(
                f"{path} is not what was written; bring it back from a copy, or move it away: "
                "then what is so now is told once more"
            ) from error

    def write(self, channel: str, box: Box) -> None:
        """Keep what is remembered of a channel; it is on disk when this returns."""
        write_durably(self.path(channel), BOXES.dump_json(box, indent=1))

    def channels(self) -> list[str]:
        """Return the channels that anything is remembered of, still told or not."""
        try:
            # What can not be read has nothing for glob.
            found = list(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unreadable(self.folder) from error
        return sorted(one.stem for one in found if one.suffix == ".json" and one.name[0] != ".")

    def path(self, channel: str) -> Path:
        """Return the file of a channel."""
        return self.folder / f"{channel}.json"


def unreadable(path: Path) -> DrumbeatError:
    """Say that what is remembered of channels can not be read, and what to do."""
    return DrumbeatError(
        f"{path} can not be read: it must be what drumbeat wrote there, and whoever runs drumbeat "
        "must own it or be let in, as by chmod u+rwX"
    )
