"""Reads and writes ``confirmed.yaml``: silences that people know of, as a command keeps them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from pipelines.configuration import entries, yaml_text
from pipelines.configuration.alerts import Confirmed
from pipelines.configuration.entries import Place
from pipelines.configuration.errors import ConfigurationError
from pipelines.configuration.wording import worded

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

KEY = ("alerts", "confirmed")
HEAD = "# Silences that people know of. Kept by `drumbeat cadence --confirm`; yours to change.\n"
UNREADABLE = "let whoever runs this read it, or name another file in `alerts.confirmed_file`"
EXAMPLE = "`- service: shop`, then `until: 2026-12-07` and `reason: ...`"


def load(path: Path | None) -> tuple[Confirmed, ...]:
    """Read the file at ``path``, if it is there; raises ConfigurationError with every problem."""
    if path is None or not path.exists():
        return ()
    return parse(entries.text_of(path, UNREADABLE), str(path))


def parse(text: str, name: str) -> tuple[Confirmed, ...]:
    """Read confirmed silences from text, as if it stood in the file called ``name``."""
    shape = TypeAdapter(tuple[Confirmed, ...])
    found, _, problems = entries.read(text, name, shape, EXAMPLE, said)
    if problems:
        raise ConfigurationError(name, problems)
    return found


def said(error: "ErrorDetails", raw: Any) -> tuple[Place, str]:
    """Give the place and what is wrong there, as if it stood under ``alerts``."""
    error["loc"] = (*KEY, *error["loc"])
    place, told = worded(error, {"alerts": {"confirmed": raw}})
    return place[len(KEY) :], told


def written(found: Sequence[Confirmed]) -> str:
    """Write confirmed silences as text that reads back the same."""
    data = [one.model_dump(mode="json") for one in found]
    return f"{HEAD}{yaml_text.written(data)}"
