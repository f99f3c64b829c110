"""The settings of annotations: what people remember when they look at a chart."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from pipelines.configuration.environment import Path
from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Day, Text

LONGEST = 200


class Annotation(Settings):
    """Something that happened, to be seen on charts."""

    first_on: Day = Field(alias="from", description="Its day, or its first day.")
    last_on: Day | None = Field(
        alias="to", default=None, description="Its last day, itself included. Left out: one day."
    )
    text: Annotated[Text, Field(max_length=LONGEST)] = Field(description="What happened.")
    service: Text | None = Field(
        default=None, description="On charts of this service alone. Left out: on all."
    )
    team: Text | None = Field(
        default=None, description="On charts of this team and its services alone."
    )


def conflicts(
    annotations: Iterable[tuple[int, Mapping[str, Any]]], services: Collection[str]
) -> Iterator[tuple[Path, str]]:
    """Yield annotations that end before they begin, or that are of no or of two places."""
    for index, one in annotations:
        path = ("annotations", index)
        first, last = one.get("from"), one.get("to")
        if isinstance(first, str) and isinstance(last, str) and last < first:
            yield (*path, "to"), f"is {last!r}, must not be before `from`"
        if one.get("service") is not None and one.get("team") is not None:
            yield (*path, "team"), "must not stand beside `service`: take one of the two away"
        name = one.get("service")
        if services and isinstance(name, str) and name not in services:
            yield (*path, "service"), f"is {name!r}, must be the name of a service"
