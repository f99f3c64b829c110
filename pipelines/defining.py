"""What `drumbeat definitions` says: the rules in force, their ids, and what changed when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines import ledger_definitions, settings
from pipelines.configuration import Configuration, Definitions
from pipelines.ledger_definitions import in_force, moved
from pipelines.printing import aligned
from pipelines.project import Project

Settings = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in force: the organisation's, or a service's that differs from it."""

    rule: str
    service: str
    value: Any
    default: Any

    @property
    def is_set(self) -> bool:
        """Tell whether it is another one than the default."""
        return bool(self.value != self.default)


@dataclass(frozen=True, slots=True)
class Change:
    """From when on a metric was counted by other rules, and by which before."""

    since: datetime
    metric: str
    service: str
    definition: str
    replaced: str | None
    settings: Settings


@dataclass(frozen=True, slots=True)
class Defined:
    """The rules in force, the ids that they make, and what changed, the latest first."""

    rules: tuple[Rule, ...]
    definitions: tuple[tuple[str, str, str], ...]
    changes: tuple[Change, ...]
    zone: ZoneInfo

    def as_json(self) -> dict[str, Any]:
        """Return the answer of ``drumbeat definitions --json``."""
        ids = ("metric", "service", "definition")
        return {
            "rules": [{**asdict(rule), "is_set": rule.is_set} for rule in self.rules],
            "definitions": [dict(zip(ids, row, strict=True)) for row in self.definitions],
            "changes": [
                {**asdict(change), "since": change.since.isoformat()} for change in self.changes
            ],
        }

    def as_text(self) -> str:
        """Return the answer in tables."""
        rules = [["rule", "of", "value", ""], *map(rule_line, self.rules)]
        ids = [["metric", "of", "definition"]]
        ids += [[metric, of(service), name] for metric, service, name in self.definitions]
        changes = [change_line(change, self.zone) for change in self.changes]
        told = changes or ["Nothing was counted yet; `drumbeat refresh` begins the list."]
        return "\n".join([aligned(rules), "", aligned(ids), "", *told])


def defined(project: Project) -> Defined:
    """Return what is to be said of a project's rules."""
    configuration = project.configuration
    ids = [(*key, entry["definition"]) for key, entry in in_force(configuration).items()]
    return Defined(
        tuple(rules(configuration)),
        tuple(ids),
        tuple(reversed(list(changes(project)))),
        ZoneInfo(configuration.calendar.time_zone),
    )


def is_awaited(project: Project) -> bool:
    """Tell whether the next refresh begins with other definitions than the last."""
    known = ledger_definitions.history(project.landing)
    wanted = in_force(project.configuration)
    return bool(known) and any(ledger_definitions.changes(known, wanted, ""))


def rules(configuration: Configuration) -> Iterator[Rule]:
    """Yield every rule of the organisation, and those of services that differ."""
    standard = Definitions().model_dump(mode="json")
    whole = configuration.definitions.model_dump(mode="json")
    for name, found in settings.ruled(configuration):
        for rule, value in found.model_dump(mode="json").items():
            if not name or value != whole[rule]:
                yield Rule(rule, name, value, standard[rule])


def changes(project: Project) -> Iterator[Change]:
    """Yield what changed, the first definitions included, in the order of writing.

    A service's first own rules come in place of the organisation's, and those in place of its last.
    """
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for entry in ledger_definitions.history(project.landing):
        metric, service = entry["metric"], entry["service"]
        whole = latest.get((metric, ""))
        new = entry if entry["definition"] else whole
        old = latest.get((metric, service))
        old = old if old and old["definition"] else whole
        latest[metric, service] = entry
        if new is not None:
            yield Change(
                datetime.fromisoformat(entry["since"]),
                metric,
                service,
                new["definition"],
                old["definition"] if old else None,
                moved(old["settings"], new["settings"]) if old else {},
            )


def rule_line(rule: Rule) -> list[str]:
    """Return a rule as a line of the table."""
    told = f"set, default {text(rule.default)}" if rule.is_set else "default"
    return [rule.rule, of(rule.service), text(rule.value), told]


def of(service: str) -> str:
    """Name whose rules they are."""
    return service or "organisation"


def change_line(change: Change, zone: ZoneInfo) -> str:
    """Say from when on all of history is counted by a definition, and what that changed."""
    day = f"{change.since.astimezone(zone):%Y-%m-%d}"
    whose = f" for {change.service}" if change.service else ""
    if change.replaced is None:
        return f"From {day}{whose} {change.definition}, the first."
    return (
        f"From {day}{whose} {change.definition} in place of {change.replaced}: "
        f"{listed(change.settings)}. All weeks are counted anew."
    )


def listed(found: Settings) -> str:
    """Say which settings differ: ``attribution_window_hours 72 -> 48``."""
    return ", ".join(f"{name} {text(old)} -> {text(new)}" for name, (old, new) in found.items())


def text(value: Any) -> str:
    """Write the value of a rule on one line."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
