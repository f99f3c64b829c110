"""Reads ``overrides.yaml``, saying all that is wrong with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from pipelines.configuration import entries, yaml_text
from pipelines.configuration.entries import Place
from pipelines.configuration.errors import ConfigurationError
from pipelines.configuration.overrides import FILE_NAME, SHAPES, Override
from pipelines.configuration.wording import quoted, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

EXAMPLE = "`- incident: INC-7`, then `link: d-101`, `reason: ...` and `on: 2026-11-23`"
RIGHT = {
    "mark": "one of failed, held",
    "reason": "a line that says why",
    "on": "the day on which it was decided, such as 2026-11-23",
}


def file_of(named: Path | None, folder: str | None) -> Path | None:
    """Return the file that a configuration in ``folder`` names, else the one beside it, if any."""
    beside = Path(folder) / FILE_NAME if folder else None
    return named or (beside if beside and beside.is_file() else None)


def load(path: Path) -> tuple[Override, ...]:
    """Read the file at ``path``; raises ConfigurationError with every problem in it."""
    return parse(entries.text_of(path, "write it, or mend `overrides`"), str(path))


def parse(text: str, name: str) -> tuple[Override, ...]:
    """Read overrides from text, as if it stood in the file called ``name``."""
    shape = TypeAdapter(tuple[Override, ...])
    found, lines, problems = entries.read(text, name, shape, EXAMPLE, worded)
    problems += [
        entries.located(lines, place, said) for place, said in contradictions(found, lines)
    ]
    if problems:
        raise ConfigurationError(name, problems)
    return found


def worded(error: "ErrorDetails", raw: Any) -> tuple[Place, str]:
    """Give the place and what is wrong there, and what would be right."""
    place = error["loc"]
    key = str(place[-1])
    right = f"must be {RIGHT.get(key, 'an id, as `drumbeat explain` shows it')}"
    match error["type"]:
        case "missing":
            return place, f"is missing, {right}"
        case "extra_forbidden":
            return place, f"is not a known key; known here are {', '.join(Override.model_fields)}"
        case "value_error" if len(place) == 1:
            return place, f"says neither or more than one, must be {SHAPES}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return place, f"is {shown(raw[place[0]])}, must be a mapping: {EXAMPLE}"
    value = raw[place[0]].get(key)
    return place, f"is {shown(value)}, {right}{quoted(error['type'], value)}"


def contradictions(found: tuple[Override, ...], lines: yaml_text.Lines) -> Iterator[Any]:
    """Yield entries that say of the same what an earlier one has said, or its contrary."""
    first: dict[tuple[str | None, str | None], int] = {}
    for place, entry in enumerate(found):
        earlier = first.setdefault((entry.incident, entry.blamed), place)
        if earlier != place:
            said = f"is about the same as line {lines[earlier,]}, must be said once"
            yield (place,), f"{said}: take one of the two away"
