"""Keeps what people say of a silence that they know of, with the day on which that ends."""

from collections.abc import Collection, Iterator
from datetime import date

from pydantic import ValidationError

from pipelines.configuration import Configuration
from pipelines.configuration.alerts import Confirmed
from pipelines.configuration.confirming import load, written
from pipelines.errors import DrumbeatError
from pipelines.landing import write_durably
from sql import words


def confirm(
    configuration: Configuration,
    services: Collection[str],
    service: str,
    until: date,
    reason: str,
    today: date,
) -> None:
    """Keep that a silence is known until a day; today ends what was kept.

    What is over is dropped, and what was kept of the same service is replaced.
    """
    path = configuration.confirmed_file
    if path is None:
        raise DrumbeatError("the configuration lies in no folder, so nothing can be kept beside it")
    if service not in services:
        raise DrumbeatError(
            f"no service is called {service!r}; there are {words.listed(sorted(services))}"
        )
    if until < today:
        raise DrumbeatError(
            f"--until {until} is over; name a day that is ahead, or {today} to end what was said"
        )
    try:
        new = Confirmed(service=service, until=until, reason=reason)
    except ValidationError as error:
        raise DrumbeatError(
            "--because must be one line of 1 to 200 characters, without blanks around it"
        ) from error
    kept = [one for one in load(path) if one.service != service]
    left = [one for one in (*kept, new) if today < one.until]
    write_durably(path, written(left).encode())


def known(configuration: Configuration, today: date) -> list[Confirmed]:
    """Return the silences that people know of, wherever they said so."""
    every = [*configuration.alerts.confirmed, *load(configuration.confirmed_file)]
    ahead = [one for one in every if today < one.until]
    return sorted(ahead, key=lambda one: (one.until, one.service))


def lines(configuration: Configuration, today: date) -> Iterator[str]:
    """Yield a line for each silence that people know of."""
    for one in known(configuration, today):
        yield f"{one.service}: known until {one.until} ({one.reason})"
