"""What moves between two configurations, and how that is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from pipelines.differing import Difference
from pipelines.printing import aligned
from pipelines.windows import Window
from sql import names, restating

Numbers = Mapping[tuple[str, str, str, str], Mapping[str, Any]]
"""Rows of metrics by span, scope, name and metric."""
SAID = ("value", "at_least", "n", "definition")


@dataclass(frozen=True, slots=True)
class Moved:
    """One number that moves, over the last 12 whole weeks or the last one."""

    span: str
    scope: str
    name: str
    metric: str
    unit: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: tuple[str, ...]

    @property
    def points(self) -> float:
        """By how many points: hundredths of a rate, and of what anything else was."""
        old, new = self.before["value"], self.after["value"]
        if old is None or new is None:
            return inf if (old, new) != (None, None) else 0.0
        point = 0.01 if self.unit == "rate" else 0.01 * abs(old)
        return float(abs(new - old) / point) if point else inf


@dataclass(frozen=True, slots=True)
class Checked:
    """What another configuration would move, the biggest first."""

    windows: Mapping[str, Window]
    differences: Sequence[Difference]
    moved: Sequence[Moved] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return the answer of ``drumbeat check --diff NEW.yaml --json``."""
        return {
            "as_of": self.windows["week"].as_of.isoformat(),
            "settings": [
                {"key": one.key, "service": one.service, "before": one.before, "after": one.after}
                for one in self.differences
            ],
            "rows": [self.row(one) for one in self.moved],
        }

    def row(self, one: Moved) -> dict[str, Any]:
        """Return one number that moves as JSON."""
        window = self.windows[one.span]
        return {
            "scope": one.scope,
            "name": one.name,
            "metric": one.metric,
            "unit": one.unit,
            "since": window.moment(window.since),
            "until": window.moment(window.until),
            "before": dict(one.before),
            "after": dict(one.after),
            "settings": list(one.why),
        }

    def as_text(self) -> str:
        """Return the answer as a table."""
        if not self.differences:
            return "It is the configuration in force: nothing moves."
        told = [f"Differs in: {'; '.join(one.as_text() for one in self.differences)}."]
        if not self.moved:
            return "\n".join([*told, "No number of the last 12 whole weeks moves."])
        head = ["of", "metric", "over", "before", "after", "n", "because of"]
        return "\n".join([*told, "", aligned([head, *map(line, self.moved)])])


def line(one: Moved) -> list[str]:
    """Return one number that moves as a line of the table."""
    said = [
        restating.value(it["value"], it["at_least"], one.unit) for it in (one.before, one.after)
    ]
    counts = [str(it["n"]) for it in (one.before, one.after)]
    n = counts[0] if counts[0] == counts[1] else " -> ".join(counts)
    over = "12 weeks" if one.span == "twelve_weeks" else "last week"
    return [one.name, names.metric(one.metric).lower(), over, *said, n, "; ".join(one.why)]


def moved(before: Numbers, after: Numbers, found: Sequence[Difference]) -> Iterator[Moved]:
    """Yield the numbers that are not the same by both configurations."""
    for key in before.keys() | after.keys():
        span, scope, name, metric = key
        old, new = before.get(key), after.get(key)
        left, right = said(old), said(new)
        if any(left[part] != right[part] for part in ("value", "at_least")):
            why = [one.as_text() for one in found if one.touches(metric, scope, name)]
            unit = (old or new or {})["unit"]
            yield Moved(span, scope, name, metric, unit, left, right, tuple(why))


def said(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what is told of a number; without a row there is none."""
    if row is None:
        return {**dict.fromkeys(SAID), "n": 0}
    return {name: row[name] for name in SAID}


def order(one: Moved) -> tuple[Any, ...]:
    """Sort by how many points a number moves, then by what it is of."""
    scopes = ("organisation", "team", "service")
    return -one.points, one.span == "week", scopes.index(one.scope), one.name, one.metric
