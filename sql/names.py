"""What the five metrics are called, the window each is told over, and what plain git can't see."""

from collections.abc import Mapping

from sql import words

# Rarer events need a longer window.
WINDOWS: Mapping[str, str] = {
    "deployment_frequency": "week",
    "change_lead_time": "four_weeks",
    "change_fail_rate": "four_weeks",
    "recovery_time": "twelve_weeks",
    "rework_rate": "twelve_weeks",
}
# On fewer, nothing is claimed.
ENOUGH = 8
# On plain git there are no incidents: failures are told from reverts and patch releases.
INFERRED = ("change_fail_rate", "recovery_time", "rework_rate")
GIT_ONLY = (
    "Tags are counted as releases, so what was built but never tagged is missing, and so are"
    " failed pipelines, staging and regions. There are no incidents: the fail rate is inferred"
    " from patch releases that followed soon and from revert commits, and recovery is known only"
    " where one of them ended it. Lead time runs from the first commit to the tag; review and"
    " waiting can't be told apart."
)


def metric(name: str, *, is_git_only: bool = False) -> str:
    """Say a metric's name: ``Change fail rate``, on plain git ``Change fail rate, inferred``."""
    if not is_git_only:
        return name.replace("_", " ").capitalize()
    if name == "deployment_frequency":
        return "Release frequency"
    return metric(name) + (", inferred" if name in INFERRED else "")


def whose(metrics: list[str]) -> str:
    """Say which metrics something is about, all five by that."""
    return "All five" if len(metrics) == len(WINDOWS) else words.capital(words.listed(metrics))


def with_care(found: Mapping[str, list[str]]) -> str:
    """Say what metrics are warned of, each warning with its metrics; empty without any."""
    lines = [f"{whose(metrics)}: {said}." for said, metrics in found.items()]
    return f"To be read with care. {' '.join(lines)}" if lines else ""
