"""What all settings have in common: frozen, strict about keys, silent about secrets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationInfo

from pipelines.configuration import locations
from pipelines.configuration.environment import Origin


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
        return value


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
