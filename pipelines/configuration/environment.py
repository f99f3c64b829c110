"""Environment references in a configuration: the only way a secret gets in."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]

REFERENCE = re.compile(r"(\$?)\$\{([^}]*)\}?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NEEDS = "needs the environment variable"
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where settings come from: the text before references were expanded, and their values.

    Never compared: two configurations that say the same are the same.
    """

    raw: Any = field(default=None, compare=False, repr=False)
    references: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    folder: str | None = field(default=None, compare=False, repr=False)

    def hidden(self, text: str) -> str:
        """Put ``${NAME}`` where the value of that variable stands."""
        for value in sorted(self.references, key=len, reverse=True):
            text = text.replace(value, self.references[value])
        return CREDENTIALS.sub("***@", text)


def expanded(
    data: Any,
    complain: Callable[[Path, str], None],
    path: Path = (),
) -> tuple[Any, dict[str, str]]:
    """Replace ``${NAME}`` in every text of the tree; also give the values found, with their names.

    ``$${NAME}`` stands for the text ``${NAME}`` itself.
    """
    if isinstance(data, str):
        return _expanded_text(data, complain, path)
    items = data.items() if isinstance(data, dict) else enumerate(data) if _is_list(data) else None
    if items is None:
        return data, {}
    found: dict[str, str] = {}
    made = {}
    for key, value in items:
        made[key], inner = expanded(value, complain, (*path, key))
        found |= inner
    return (made if isinstance(data, dict) else list(made.values())), found


def _is_list(data: object) -> bool:
    return isinstance(data, list | tuple)


def _expanded_text(
    text: str, complain: Callable[[Path, str], None], path: Path
) -> tuple[str, dict[str, str]]:
    found: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        if match[1]:
            return match[0][1:]
        if not match[0].endswith("}") or not NAME.fullmatch(match[2]):
            complain(path, f"has {match[0]!r}, must name an environment variable as in ${{NAME}}")
            return match[0]
        known = os.environ.get(match[2], "")
        if not known:
            state = "empty" if match[2] in os.environ else "not set"
            complain(
                path,
                f"{NEEDS} {match[2]}, which is {state}; set it: export {match[2]}=...",
            )
            return match[0]
        found[known] = f"${{{match[2]}}}"
        return known

    return REFERENCE.sub(value, text), found
