"""Reads and writes ``confirmed.yaml``: silences that people know of, as a command keeps them."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.configuration import yaml_text
from pipelines.configuration.alerts import Confirmed
from pipelines.configuration.errors import ConfigurationError, Problem
from pipelines.configuration.overruling import located, text_of
from pipelines.configuration.wording import shown, worded

KEY = ("alerts", "confirmed")
HEAD = "# Silences that people know of. Kept by `drumbeat cadence --confirm`; yours to change.\n"
EXAMPLE = "`- service: shop`, then `until: 2026-12-07` and `reason: ...`"


def load(path: Path | None) -> tuple[Confirmed, ...]:
    """Read the file at ``path``, if it is there; raises ConfigurationError with every problem."""
    if path is None or not path.exists():
        return ()
    return parse(text_of(path, "mend `alerts.confirmed_file`"), str(path))


def parse(text: str, name: str) -> tuple[Confirmed, ...]:
    """Read confirmed silences from text, as if it stood in the file called ``name``."""
    raw, lines, problems = yaml_text.read(text, name)
    if raw is not None and not isinstance(raw, list):
        problem = Problem(1, "", f"holds {shown(raw)}, must be a list of entries: {EXAMPLE}")
        raise ConfigurationError(name, [*problems, problem])
    found: tuple[Confirmed, ...] = ()
    try:
        found = TypeAdapter(tuple[Confirmed, ...]).validate_python(raw or ())
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            detail["loc"] = (*KEY, *detail["loc"])
            place, said = worded(detail, {"alerts": {"confirmed": raw}})
            problems.append(located(lines, place[len(KEY) :], said))
    if problems:
        raise ConfigurationError(name, problems)
    return found


def written(found: Sequence[Confirmed]) -> str:
    """Write confirmed silences as text that reads back the same."""
    data = [one.model_dump(mode="json") for one in found]
    return f"{HEAD}{yaml_text.written(data)}"
