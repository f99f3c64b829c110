"""The settings of alerts: who is told when a service leaves its rhythm."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from pipelines.configuration.alert_channels import AnyChannel
from pipelines.configuration.environment import NAME, Path
from pipelines.configuration.hosts import Address
from pipelines.configuration.settings import Settings, resolved_path
from pipelines.configuration.values import Day, Text, Whole

REFERENCE = re.compile(rf"\$\{{{NAME.pattern}\}}")
SECRETS: Mapping[str, Mapping[str, str]] = {
    "slack": {"url": "SLACK_URL", "token": "SLACK_TOKEN"},
    "teams": {"url": "TEAMS_URL"},
    "email": {"password": "SMTP_PASSWORD"},
    "webhook": {"secret": "ALERT_SECRET"},
    "github": {"token": "REPORT_TOKEN"},
    "gitlab": {"token": "REPORT_TOKEN"},
}
FILE_NAME = "confirmed.yaml"
CHANNELS = ("alerts", "report", "flags")
"""Keys that have channels."""
Found = Iterator[tuple[Path, str]]


class Confirmed(Settings):
    """A silence that people know of."""

    service: Text = Field(description="The service.")
    until: Day = Field(description="The first day on which its silence is told again.")
    reason: Text = Field(default="known", description="Why, in a few words.")


class Alerts(Settings):
    """Who is told when a service leaves its rhythm."""

    channels: tuple[AnyChannel, ...] = Field(
        default=(), description="Where people are told. Left out: nobody is."
    )
    dashboard_url: Address | None = Field(
        default=None, description="Where the dashboard is, for links."
    )
    daily_limit: Annotated[Whole, Field(ge=1)] = Field(
        default=5,
        description="At most so many messages a day to one channel; what is left goes together "
        "with the next day's first.",
    )
    give_up_days: Annotated[Whole, Field(ge=1)] = Field(
        default=3, description="A message that does not go is tried for so many days."
    )
    quiet_until: Day | None = Field(
        default=None, description="Nobody is told anything before this day."
    )
    confirmed: tuple[Confirmed, ...] = Field(
        default=(), description="Silences that people know of; they are not told."
    )
    confirmed_file: FilePath | None = Field(
        default=None,
        description="Where `drumbeat cadence --confirm` keeps more of them. A relative path starts "
        "at the configuration file. Left out: confirmed.yaml beside it.",
    )

    # What that file says; whoever reads the configuration puts it here.
    _kept: tuple[Confirmed, ...] = PrivateAttr(default=())

    @field_validator("confirmed_file", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        return resolved_path(value, info)

    @property
    def known(self) -> tuple[Confirmed, ...]:
        """Every silence that people know of, wherever they said so."""
        return (*self.confirmed, *self._kept)

    @model_validator(mode="after")
    def _told_apart(self) -> "Alerts":
        names = [channel.name for channel in self.channels]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"must have another `name` for each channel; two are {twice!r}")
        return self


def written_out(raw: Mapping[str, Any]) -> Found:
    """Yield the secrets of channels that stand in the file; ``raw`` has references unexpanded."""
    channels = ((of, *found) for of in CHANNELS for found in _items(raw, of, "channels"))
    for of, index, channel in channels:
        for key, name in SECRETS.get(str(channel.get("kind")), {}).items():
            value = channel.get(key)
            if isinstance(value, str) and value and not REFERENCE.fullmatch(value):
                yield (
                    (of, "channels", index, key),
                    f"is written out, must name an environment variable: ${{{name}}}; "
                    f"set {name}, and make a new one, for whoever has this file has it",
                )


def is_secret(path: Path) -> bool:
    """Tell whether a value at ``path`` is never to be shown."""
    is_channel = path[:1] and path[0] in CHANNELS and path[1:2] == ("channels",)
    return bool(is_channel and {"url", "password", "secret", "token"} & set(path))


def conflicts(data: Mapping[str, Any]) -> Found:
    """Yield the confirmed silences of services that there are not."""
    services = data.get("services")
    known = [
        service.get("name")
        for service in (services if isinstance(services, list | tuple) else ())
        if isinstance(service, dict)
    ]
    for index, one in _items(data, "alerts", "confirmed"):
        name = one.get("service")
        if known and isinstance(name, str) and name not in known:
            path = ("alerts", "confirmed", index, "service")
            yield path, f"is {name!r}, must be the name of a service"


def _items(data: Mapping[str, Any], of: str, key: str) -> list[tuple[int, Mapping[str, Any]]]:
    found = data.get(of)
    values = found.get(key) if isinstance(found, dict) else None
    items = enumerate(values if isinstance(values, list | tuple) else ())
    return [(index, value) for index, value in items if isinstance(value, dict)]
