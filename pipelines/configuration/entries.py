"""Reads lists that people write beside the configuration, saying all that is wrong with them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from pipelines.configuration import yaml_text
from pipelines.configuration.errors import ConfigurationError, Problem
from pipelines.configuration.wording import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Entry = TypeVar("Entry")
Place = tuple[str | int, ...]
Worded = Callable[["ErrorDetails", Any], tuple[Place, str]]
"""Gives the place and what is wrong there, of an error and all that the file holds."""


def text_of(path: Path, remedy: str) -> str:
    """Return the text of a file that people write; raises ConfigurationError where it has none."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem(0, "", "is not UTF-8 text; save the file as UTF-8")
        raise ConfigurationError(str(path), [problem]) from None
    except OSError as error:
        said = f"can not be read: {error.strerror}; {remedy}"
        raise ConfigurationError(str(path), [Problem(0, "", said)]) from error


def read(
    text: str, name: str, shape: TypeAdapter[tuple[Entry, ...]], example: str, worded: Worded
) -> tuple[tuple[Entry, ...], yaml_text.Lines, list[Problem]]:
    """Return the entries, the lines that they stand on, and what is wrong with them."""
    raw, lines, problems = yaml_text.read(text, name)
    if raw is not None and not isinstance(raw, list):
        problem = Problem(1, "", f"holds {shown(raw)}, must be a list of entries: {example}")
        raise ConfigurationError(name, [*problems, problem])
    try:
        return shape.validate_python(raw or ()), lines, problems
    except ValidationError as error:
        details = error.errors(include_url=False)
        return (), lines, [*problems, *(located(lines, *worded(one, raw)) for one in details)]


def located(lines: yaml_text.Lines, place: Place, said: str) -> Problem:
    """Return what is wrong at a place, with the line of it or of what it stands in."""
    found = place
    while found not in lines and found:
        found = found[:-1]
    return Problem(lines.get(found, 1), yaml_text.said(place), said)
