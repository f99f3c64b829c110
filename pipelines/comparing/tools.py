"""The tools that numbers are held against: what each calls its metrics, and their units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.errors import DrumbeatError

OURS = "drumbeat"


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


def chosen_tools(text: str | None) -> tuple[Tool, ...]:
    """Return the tools of a list with commas between, all of them without one."""
    wanted = [word.strip().lower().replace(" ", "_") for word in (text or "").split(",")]
    # People write them as they are used to.
    names = {**TOOLS, **{key.replace("_", ""): tool for key, tool in TOOLS.items()}}
    unknown = [word for word in wanted if word and word.replace("-", "_") not in names]
    if unknown:
        raise DrumbeatError(f"no tool is called {unknown[0]!r}; there are: {', '.join(TOOLS)}")
    found = [names[word.replace("-", "_")] for word in wanted if word]
    return tuple(dict.fromkeys(found)) or FOUND
