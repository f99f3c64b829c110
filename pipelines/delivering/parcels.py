"""What is on its way to each channel and what went there: one file a channel, on disk at once.

Holds no address and no secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipelines.alerts.outcomes import Outcome, tried
from pipelines.errors import DrumbeatError
from pipelines.landing import write_durably

KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One report on its way; ``digest`` is the same for the same report, whenever it is made."""

    edition: str
    digest: str
    made_at: datetime
    content: Mapping[str, Any]
    tries: int = 0
    next_at: datetime | None = None
    is_refused: bool = False

    @property
    def id(self) -> str:
        """Return what the other side may know it again by."""
        return f"{self.edition}-{self.digest[:16]}"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A report that went; ``place`` is what the other side calls it, if it said."""

    digest: str
    at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """All that is remembered of one channel, by edition: a report of a week."""

    waiting: tuple[Parcel, ...] = ()
    delivered: Mapping[str, Delivered] = field(default_factory=dict)

    def having(self, parcel: Parcel, *, is_replacing: bool) -> "Box":
        """Return the box with a parcel on its way, in place of an older one of its edition.

        What went is not sent again, but by a channel that replaces where something else is said.
        """
        left = tuple(one for one in self.waiting if one.edition != parcel.edition)
        went = self.delivered.get(parcel.edition)
        if went is not None and (went.digest == parcel.digest or not is_replacing):
            return replace(self, waiting=left)
        same = (one for one in self.waiting if one.id == parcel.id)
        return replace(self, waiting=(*left, next(same, parcel)))

    def without(self, parcel: Parcel) -> "Box":
        """Return the box with a parcel neither delivered nor tried again."""
        return replace(self, waiting=tuple(one for one in self.waiting if one.id != parcel.id))

    def went(self, parcel: Parcel, place: str, now: datetime) -> "Box":
        """Return the box once a parcel is delivered."""
        kept = {key: one for key, one in self.delivered.items() if now - one.at < KEPT}
        new = {parcel.edition: Delivered(parcel.digest, now, place)}
        return replace(self.without(parcel), delivered=kept | new)

    def tried(self, parcel: Parcel, outcome: Outcome, now: datetime) -> "Box":
        """Return the box once a parcel did not go."""
        later = tried(parcel, outcome, now)
        left = tuple(later if one.id == parcel.id else one for one in self.waiting)
        return replace(self, waiting=left)


BOXES = TypeAdapter(Box)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of all boxes."""

    folder: Path

    def read(self, channel: str) -> Box:
        """Return what is remembered of a channel; raises DrumbeatError where that is damaged."""
        path = self.path(channel)
        try:
            return BOXES.validate_json(path.read_bytes())
        except FileNotFoundError:
            return Box()
        except ValidationError as error:
            raise DrumbeatError(
                f"{path} is not what was written; bring it back from a copy, or move it away: "
                "then the report of this week is sent once more"
            ) from error

    def write(self, channel: str, box: Box) -> None:
        """Keep what is remembered of a channel; it is on disk when this returns."""
        write_durably(self.path(channel), BOXES.dump_json(box, indent=1))

    def path(self, channel: str) -> Path:
        """Return the file of a channel."""
        return self.folder / f"{channel}.json"
