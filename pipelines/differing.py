"""Reads a configuration that is not in force yet; says how it differs from the one that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import configuration, settings
from pipelines.configuration import Configuration, yaml_text
from pipelines.defining import text

PARTS: Mapping[str, str] = {
    "calendar": "calendar",
    "bots": "bots",
    "services": "services",
    "service_teams": "services",
    "team_members": "teams",
    "incident_blames": "services",
    "aliases": "services",
    "freezes": "calendar",
    "sources": "sources",
    "incident_rules": "sources",
    "overrides": "overrides",
}
"""Which part of the file the tables under ``config`` are made of that any metric may hang on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that differs; or a part of the file, which has no single value."""

    key: str
    service: str = ""
    before: Any = None
    after: Any = None

    def as_text(self) -> str:
        """Say it in a few words: ``attribution_window_hours 72 -> 48``."""
        if self.key in PARTS.values():
            return self.key
        whose = f"{self.service}: " if self.service else ""
        return f"{whose}{self.key} {text(self.before)} -> {text(self.after)}"

    def touches(self, metric: str, scope: str, name: str) -> bool:
        """Tell whether a metric of a service, a team or the organisation hangs on it."""
        if self.key in PARTS.values():
            return True
        is_own = scope != "service" or self.service in ("", name)
        return is_own and self.key in settings.DEFINED_BY[metric]


def proposed(path: Path, now: Configuration) -> tuple[Configuration, bool]:
    """Read a configuration; tell whether it names sources.

    One that names none says only what it changes: all else is that of the configuration in force.
    So is the file of overrides, where it names none.
    """
    written, _, _ = yaml_text.read(path.read_bytes().decode("utf-8-sig"), str(path))
    if not isinstance(written, dict):
        return configuration.load(path), True
    kept, _, _ = yaml_text.read(configuration.dump(now), str(path))
    is_whole = "sources" in written
    wanted = {"overrides"} if is_whole else set(kept)
    added = {key: kept[key] for key in kept if key in wanted and key not in written}
    # After what is written, so that an error names the line that it has there.
    more = f"\n{yaml_text.written(added)}" if added else ""
    return configuration.parse(path.read_text(encoding="utf-8-sig") + more, path), is_whole


def differences(before: Configuration, after: Configuration, run: settings.Run) -> list[Difference]:
    """Return the rules that differ, one by one, and the other parts of the file that do."""
    return [*rules(before, after), *map(Difference, parts(before, after, run))]


def rules(before: Configuration, after: Configuration) -> Iterator[Difference]:
    """Yield the rules that differ: the organisation's, and those of services on their own."""
    old, new = ruled(before), ruled(after)
    for name in dict.fromkeys([*old, *new]):
        left, right = old.get(name, old[""]), new.get(name, new[""])
        for key in left:
            is_whole = (left[key], right[key]) == (old[""][key], new[""][key])
            if left[key] != right[key] and not (name and is_whole):
                yield Difference(key, name, left[key], right[key])


def ruled(found: Configuration) -> dict[str, dict[str, Any]]:
    """Return the rules of the organisation, under no name, and of services with their own."""
    return {name: rules.model_dump(mode="json") for name, rules in settings.ruled(found)}


def parts(before: Configuration, after: Configuration, run: settings.Run) -> list[str]:
    """Name the parts of the file, other than definitions, that SQL would read otherwise."""
    old, new = settings.rows(before, run), settings.rows(after, run)
    found = [part for table, part in PARTS.items() if old.get(table) != new.get(table)]
    if before.calendar != after.calendar:
        found.append("calendar")
    return list(dict.fromkeys(found))
