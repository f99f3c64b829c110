"""What all settings, and all sources, have in common: frozen, strict, silent about secrets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationInfo, model_validator

from pipelines.configuration import locations
from pipelines.configuration.environment import Origin
from pipelines.configuration.values import SourceName


class Settings(BaseModel):
    """Some settings, never changed once read, never showing a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    _origin: Origin = PrivateAttr(default=Origin())

    def model_post_init(self, context: Any) -> None:
        """Remember where the settings come from."""
        if isinstance(context, Origin):
            self._origin = context

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show settings with ``${NAME}`` where the value of that variable stands."""
        for key, value in super().__repr_args__():
            yield key, self._shown(value)

    def _shown(self, value: Any) -> Any:
        if isinstance(value, Path | str):
            return self._origin.hidden(str(value))
        if isinstance(value, tuple):
            return tuple(self._shown(item) for item in value)
        if isinstance(value, dict):
            return {key: self._shown(item) for key, item in value.items()}
        return value


class Source(Settings):
    """Where records come from."""

    name: SourceName = Field(
        default="",
        description="What the source is called, and its folder in the landing zone. "
        "Small letters, digits, dot, dash and underscore; unique. "
        "Left out: a git source is named after its repository, files after their folder, "
        "others after their kind.",
    )

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if isinstance(data, dict) and "name" not in data:
            return {**data, "name": locations.source_name(data)}
        return data


def origin_of(info: ValidationInfo) -> Origin:
    """Give where the settings being validated come from."""
    return info.context if isinstance(info.context, Origin) else Origin()


def plain_path(value: object) -> object:
    """Refuse what a shell would expand or a program would take for an option."""
    if isinstance(value, str) and value.startswith("~"):
        raise ValueError("must not start with '~', which is not expanded: write ${HOME}/...")
    if isinstance(value, str) and value.startswith("-"):
        raise ValueError("must not start with '-'; write ./ before it")
    return value


def resolved_path(value: object, info: ValidationInfo) -> object:
    """Make a path absolute, from the configuration file on."""
    value = plain_path(value)
    if isinstance(value, str) and value:
        return locations.beside(origin_of(info).folder, value)
    return value
