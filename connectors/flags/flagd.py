"""flagd's files in a repository: flags as JSON, as OpenFeature's flag definitions have them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, ClassVar, Final

from connectors.errors import SourceMisconfigured
from connectors.flags import payloads
from connectors.flags.checkout import Checkout
from connectors.flags.payloads import Strategy
from connectors.pagers.payloads import text
from connectors.records import Batch, Cursor, Record

OFF: Final = ("off", "false", "disabled", "none", "control")
KINDS: Final = {
    "release": "release",
    "experiment": "experiment",
    "ops": "ops",
    "operational": "ops",
    "kill-switch": "ops",
    "permission": "permission",
}
OWNERS: Final = ("team", "squad", "owner_team", "ownerTeam")


@dataclass(frozen=True, slots=True)
class Flagd:
    """Reads the files of one repository's default branch; each tells of ``environment``."""

    checkout: Checkout
    matches: tuple[str, ...]
    environment: str = "production"
    removal_words: tuple[str, ...] = payloads.WORDS
    entities: ClassVar[tuple[str, ...]] = ("flags", "flag_states")

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Yield all flags, or nothing where the branch is where it was."""
        scope = self.checkout.scope
        sha = self.checkout.fetch()
        if (cursors.get(scope) or {}).get("sha") == sha:
            return
        found = dict(self._flags())
        make = self._flag if entity == "flags" else self._state
        rows = [make(key, body) for key, body in found.items()]
        yield Batch(entity, scope, rows, {"sha": sha}, is_whole=True)

    def _flags(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the flags of all files by their keys; of two with one key the last counts."""
        paths = [
            path
            for path in self.checkout.paths()
            if any(fnmatchcase(path, glob) for glob in self.matches)
        ]
        if not paths:
            raise SourceMisconfigured(
                f"flagd, {self.checkout.scope}: no file is called {' or '.join(self.matches)}; "
                "mend `paths`"
            )
        for path, content in self.checkout.read(paths).items():
            flags = read(path, content)
            yield from ((str(key), body) for key, body in flags.items() if isinstance(body, dict))

    def _flag(self, key: str, body: Mapping[str, Any]) -> Record:
        told = body.get("metadata")
        metadata = told if isinstance(told, Mapping) else {}
        tags = [f"{name}:{value}" for name, value in metadata.items() if text(value)]
        kind = str(metadata.get("kind") or metadata.get("type") or "").lower()
        return payloads.flag(
            key,
            key=key,
            at=None,
            kind=KINDS.get(kind, "unknown"),
            team=next((text(metadata[name]) for name in OWNERS if metadata.get(name)), None),
            **payloads.removal(tags, text(metadata.get("description")), self.removal_words),
            tags=[tag for tag in tags if not tag.startswith("description:")],
        )

    def _state(self, key: str, body: Mapping[str, Any]) -> Record:
        return payloads.state(
            key,
            self.environment,
            is_enabled=body.get("state") == "ENABLED",
            **payloads.reach(strategies(body)),
        )


def read(path: str, content: str) -> Mapping[str, Any]:
    """Return the flags of one file."""
    try:
        found = json.loads(content)
    except ValueError as error:
        raise SourceMisconfigured(f"flagd, {path}: is no JSON: {error}; mend it") from error
    flags = found.get("flags") if isinstance(found, Mapping) else None
    if not isinstance(flags, Mapping):
        raise SourceMisconfigured(f"flagd, {path}: has no `flags`; mend it, or `paths`")
    return flags


def strategies(body: Mapping[str, Any]) -> list[Strategy]:
    """Return how a flag chooses: what everybody gets, and the fields that its targeting reads."""
    variants = body.get("variants")
    granted = [
        str(name)
        for name, value in (variants if isinstance(variants, Mapping) else {}).items()
        if value not in (False, None) and str(name).lower() not in OFF
    ]
    targeting = body.get("targeting")
    share: float | None = float(str(body.get("defaultVariant")) in granted)
    fields = tuple(dict.fromkeys(variables(targeting)))
    if isinstance(targeting, Mapping) and "fractional" in targeting:
        return [Strategy(split(targeting["fractional"], granted))]
    return [Strategy(share), *([Strategy(0.0, fields)] if fields else [])]


def split(parts: Any, granted: Sequence[str]) -> float | None:
    """Return the share that a fractional split gives to some variants; parts weigh 1 by default."""
    found = (
        [one for one in parts if isinstance(one, list) and one] if isinstance(parts, list) else []
    )
    weights = [(str(one[0]), float(one[1]) if len(one) > 1 else 1.0) for one in found]
    whole = sum(weight for _, weight in weights)
    return sum(weight for name, weight in weights if name in granted) / whole if whole else None


def variables(rule: Any) -> Iterator[str]:
    """Yield the fields of the context that a rule reads."""
    if isinstance(rule, list):
        for one in rule:
            yield from variables(one)
    if not isinstance(rule, Mapping):
        return
    for name, inner in rule.items():
        if name == "var":
            told = inner[0] if isinstance(inner, list) and inner else inner
            if isinstance(told, str) and not told.startswith("$flagd"):
                yield told
        else:
            yield from variables(inner)
