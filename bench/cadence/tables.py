"""The figures as a table, beside what they should reach."""

from typing import Any

from bench.cadence.rules import OURS
from bench.cadence.simulator import CHANGES

Figures = dict[str, Any]

TARGETS: dict[str, Figures] = {
    "2": {
        "pooled": 0.42,
        "any class": 0.55,
        "stop": (0.93, 3.5),
        "quarter": (0.83, 5.5),
        "half": (0.58, None),
        "fade": (0.74, None),
    },
    "10": {
        "pooled": 0.15,
        "any class": 0.27,
        "stop": (0.89, 4.3),
        "quarter": (0.69, 8.0),
        "half": (0.35, None),
        "fade": (0.62, None),
    },
}
"""By nominal return time: false alarms at most, excess recall at least, median delay at most."""


def written(found: Figures) -> str:
    """Return all tables as text."""
    head = (
        f"{found['series']} series of {found['days']} days in {found['seconds']} s on"
        f" {found['processes']} processes; {found['replay_ms_per_series']} ms to replay one"
    )
    live = found["live"]
    parts = [
        head,
        f"the state of {live['services']} services told in {live['seconds']} s, "
        f"{live['cpu_seconds']} s of CPU",
    ]
    for years, told in found["nominal"].items():
        parts.append(f"\nAlarms that happen by themselves once in {years} years\n")
        parts += table([(name, one) for name, one in told["rules"].items()])
        parts.append("")
        parts += table([(f"{c['rhythm']}, {c['process']}", c) for c in told["classes"]])
        parts.append("")
        parts += [verdict(one) for one in against_targets(told, TARGETS[years])]
    return "\n".join(parts)


def table(rows: list[tuple[str, Figures]]) -> list[str]:
    """Return a line for each row of figures."""
    heads = "".join(f"{change:>9} delay" for change in CHANGES)
    lines = [f"{'':24}{'level':>7}{'false/y':>9}{'chance':>8}{heads}"]
    for name, one in rows:
        level = f"{one['level']:g}" if "level" in one else ""
        seen = "".join(
            f"{one[f'{change}_excess']:9.2f} {said(one[f'{change}_delay_gaps']):>5}"
            for change in CHANGES
        )
        price = f"{one['false_alarms_per_year']:9.2f}{one['chance_recall']:8.2f}"
        lines.append(f"{name:24}{level:>7}{price}{seen}")
    return lines


def said(delay: float | None) -> str:
    """Return a delay in own gaps, or a dash where nothing was seen."""
    return "-" if delay is None else f"{delay:.1f}"


def against_targets(told: Figures, targets: Figures) -> list[Figures]:
    """Return each target with what was reached."""
    ours = told["rules"][OURS]
    worst = max(told["classes"], key=lambda one: one["false_alarms_per_year"])
    name = f"any class ({worst['rhythm']}, {worst['process']})"
    found = [
        at_most("false alarms a year, pooled", ours["false_alarms_per_year"], targets["pooled"]),
        at_most(
            f"false alarms a year, {name}", worst["false_alarms_per_year"], targets["any class"]
        ),
    ]
    for change in CHANGES:
        recall, within = targets[change]
        reached = ours[f"{change}_excess"]
        found.append(
            {"what": f"{change}: excess recall", "is": reached, "least": recall}
            | {"is_met": reached >= recall}
        )
        if within is not None:
            delay = ours[f"{change}_delay_gaps"]
            found.append(at_most(f"{change}: median delay in own gaps", delay, within))
    return found


def at_most(what: str, reached: float | None, most: float) -> Figures:
    """Return a target that must not be passed; what was never reached does not meet it."""
    return {"what": what, "is": reached, "most": most} | {
        "is_met": reached is not None and reached <= most
    }


def verdict(one: Figures) -> str:
    """Return one target as a line."""
    sign, limit = ("<=", one["most"]) if "most" in one else (">=", one["least"])
    return f"{'met   ' if one['is_met'] else 'MISSED'}  {one['what']}: {one['is']} {sign} {limit}"
