"""YAML in and out: plain data with the line of every key, and text that reads back the same."""

import re
from typing import Any

import yaml

from pipelines.configuration.environment import Path
from pipelines.configuration.errors import ConfigurationError, Problem

Lines = dict[Path, int]

MOST_VALUES = 200_000
DEEPEST = 30
PLAIN_TAGS = ("null", "bool", "int", "float", "str", "timestamp", "value", "merge", "seq", "map")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str, name: str) -> tuple[Any, Lines, list[Problem]]:
    """Give the data, the line of every path in it, and what is wrong but can be read past.

    Only true and false are flags and dates stay text, so ``country: NO`` is Norway.
    """
    reading = _Reading(name)
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        problem = _syntax(error, text)
    except RecursionError:
        problem = Problem(0, "", f"is nested too deeply, must be at most {DEEPEST} levels")
    else:
        data = None if node is None else reading.value(node, ())
        return data, reading.lines, reading.problems
    raise ConfigurationError(name, [problem])


def written(data: Any) -> str:
    """Write data as YAML, in its own order."""
    return str(yaml.dump(data, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=10_000))


def quoted(text: str) -> str:
    """Write text so that YAML reads it back as text, on one line."""
    if re.fullmatch(r"[A-Za-z_/][A-Za-z0-9_./-]*", text) and _scalar(text) == text:
        return text
    return str(yaml.dump(text, default_style='"', allow_unicode=True, width=10**9)).rstrip("\n")


class _Reading:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: Lines = {}
        self.problems: list[Problem] = []
        self.count = 0

    def value(self, node: Any, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.count += 1
        # Aliases share nodes, so a few lines can stand for billions of values, or for endless ones.
        if self.count > MOST_VALUES or len(path) > DEEPEST:
            message = f"holds more than {MOST_VALUES} values or {DEEPEST} levels (through aliases?)"
            raise ConfigurationError(self.name, [Problem(line, said(path[:4]), message)])
        if node.tag.rsplit(":", 1)[-1] not in PLAIN_TAGS or node.tag.startswith("!"):
            self.complain(line, path, f"has the tag {node.tag!r}, must be plain YAML")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return node.value if node.style else _scalar(node.value)

    def mapping(self, node: Any, path: Path) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.complain(line, path, "has a key that is not text, must be `key: value`")
                continue
            key = key_node.value
            if key in made:
                first = self.lines[*path, key]
                message = f"stands here again (first on line {first}), must stand once"
                self.complain(line, (*path, key), message)
                continue
            self.lines[*path, key] = line
            made[key] = self.value(value_node, (*path, key))
        return made

    def complain(self, line: int, path: Path, message: str) -> None:
        self.problems.append(Problem(line, said(path), message))


def said(path: Path) -> str:
    """Write a path as people do: ``services[1].tier``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _scalar(text: str) -> str | int | float | bool | None:
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    if re.fullmatch(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?", text):
        return float(text)
    return text


def _syntax(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 0
    lines = text.splitlines()
    if mark and line <= len(lines) and re.match(r"[ -]*\t", lines[line - 1]):
        return Problem(line, "", "is indented with a tab, must be indented with spaces")
    if "single document" in str(error):
        return Problem(line, "", "begins a second document (`---`), must be one document")
    found = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    return Problem(line, "", f"is not YAML: {found}; check indentation, quotes and colons here")


def _dumper() -> Any:
    def text(dumper: Any, value: str) -> Any:
        plain = bool(re.fullmatch(r"[A-Za-z_/$][A-Za-z0-9_./${}-]*", value))
        style = None if plain and _scalar(value) == value else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    made = type("Dumper", (yaml.SafeDumper,), {"ignore_aliases": lambda *_: True})
    yaml.add_representer(str, text, Dumper=made)
    return made
