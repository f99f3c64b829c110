"""The tools that numbers are held against: what each calls its metrics, and their units."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sql import words

OURS = "drumbeat"
METRICS = ("deployment_frequency", "change_lead_time", "change_fail_rate", "recovery_time")
HOURS = {"hours": 1.0, "minutes": 60.0, "seconds": 3600.0}


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a tool: our name where it is the same question, its own, and the unit."""

    metric: str
    their_name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: the folder of its SQL, how it is written, and its numbers."""

    key: str
    title: str
    metrics: Sequence[Metric]


FOUND = (
    Tool("devlake", "DevLake", (
        Metric("deployment_frequency", "Median deployment days per week", "days per week"),
        Metric("deployment_frequency_by_month", "Median deployment days per month",
               "days per month"),
        Metric("change_lead_time", "Median lead time for changes", "minutes"),
        Metric("change_fail_rate", "Change failure rate", "rate"),
        Metric("recovery_time", "Failed deployment recovery time", "minutes"),
        Metric("time_to_restore", "Median time to restore service", "minutes"),
    )),
    Tool("middleware", "Middleware", (
        Metric("deployment_frequency", "Weekly deployment frequency", "per week"),
        Metric("deployment_frequency_by_day", "Daily deployment frequency", "per day"),
        Metric("deployment_frequency_by_month", "Monthly deployment frequency", "per month"),
        Metric("change_lead_time", "Lead time for changes", "seconds"),
        Metric("change_fail_rate", "Change failure rate", "percent"),
        Metric("recovery_time", "Mean time to recovery", "seconds"),
    )),
    Tool("four_keys", "Four Keys", (
        Metric("deployment_frequency", "Deployment frequency", "days per week"),
        Metric("change_lead_time", "Lead time for changes", "minutes"),
        Metric("change_fail_rate", "Change failure rate", "rate"),
        Metric("recovery_time", "Time to restore services", "hours"),
    )),
    Tool("gitlab", "GitLab", (
        Metric("deployment_frequency", "Deployment frequency", "per day"),
        Metric("change_lead_time", "Lead time for changes", "seconds"),
        Metric("change_fail_rate", "Change failure rate", "rate"),
        Metric("recovery_time", "Time to restore service", "seconds"),
    )),
    Tool("datadog", "Datadog", (
        Metric("deployment_frequency", "Deployment frequency", "per week"),
        Metric("change_lead_time", "Change lead time", "seconds"),
        Metric("change_fail_rate", "Change failure rate", "rate"),
        Metric("recovery_time", "Failed deployment recovery time", "seconds"),
    )),
    Tool("pelorus", "Pelorus", (
        Metric("deployment_frequency", "Deployment frequency", "per week"),
        Metric("change_lead_time", "Lead time for change", "seconds"),
        Metric("change_fail_rate", "Change failure rate", "rate"),
        Metric("recovery_time", "Mean time to restore", "seconds"),
    )),
)  # fmt: skip
TOOLS: Mapping[str, Tool] = {tool.key: tool for tool in FOUND}


def cell(row: Mapping[str, Any]) -> str:
    """Say a number in its tool's way, and of how many things it is."""
    value, unit = row["value"], row["unit"]
    if value is None and row.get("at_least") is not None:
        said = f"more than {row['at_least']:,.2f} h"
    elif value is None:
        said = words.NOTHING
    elif unit in HOURS:
        said = f"{value / HOURS[unit]:,.2f} h"
    elif unit in ("rate", "percent"):
        said = f"{value * (100 if unit == 'rate' else 1):.2f} %"
    else:
        said = f"{value:,.2f} {unit.replace('per', 'a')}"
    bucket = f", {row['bucket']}" if row.get("bucket") else ""
    return f"{said}{bucket} (n {row['n']:,})"


def numbers(tool: Tool, wide: Mapping[str, Any], by: str) -> Iterator[dict[str, Any]]:
    """Yield the numbers of a row of a tool's table, one after the other."""
    for metric in tool.metrics:
        yield shaped(tool, metric, wide, by)


def shaped(tool: Tool, metric: Metric, wide: Mapping[str, Any], by: str) -> dict[str, Any]:
    """Return one number of a tool as JSON has it."""
    value = wide[metric.metric]
    row = {
        "tool": tool.key,
        "scope": wide["scope"],
        "name": wide["name"],
        "metric": metric.metric,
        "their_name": metric.their_name,
        "value": None if value is None else float(value),
        "unit": metric.unit,
        "n": wide[f"{metric.metric}_n"],
    }
    bucket = wide.get(f"{metric.metric}_bucket")
    if bucket is not None:
        row["bucket"] = bucket
    if by != "window":
        row["period"] = wide["starts_on"].isoformat()
    return row
