"""Why a tool differs from ours on this data: one sentence each, with what was counted."""

from collections.abc import Mapping, Sequence
from typing import Any

from sql import words
from sql.tools import OURS, Tool

Row = dict[str, Any]
BLAME = "{failed_theirs} there and not here, {failed_ours} here and not there"
REASONS: Mapping[str, str] = {
    "devlake": "blames the last deployment before an incident, of whichever service and however "
    f"long before ({BLAME}), and gives the first deployment of a chain no changes, nor commits "
    "without a request any ({changes_ours} of ours have no lead time there)",
    "middleware": "puts failed deployments into the denominator, blames the deployment before "
    f"every incident, revert and hotfix ({BLAME}), and takes requests by the day of their merge "
    "({changes_theirs} with a lead time there alone)",
    "four_keys": "sees an incident only where it names a deployment or a commit in it "
    f"({BLAME}), and takes the lead time of single commits ({{lead_n}} of them)",
    "gitlab": "sets incidents against deployments without asking which caused which "
    "({incidents_theirs} that blame none here), and starts lead time at the merge",
    "datadog": f"tells a failure by what mended it and never by an incident ({BLAME}), leaves "
    "rollbacks out of the rate, and takes the lead time of single commits ({lead_n} of them)",
    "pelorus": "sets all incidents ({incidents_theirs} that blame no deployment here) against "
    "deployed commits ({lead_n} of them), and averages each application first",
}
MORE = "; it counts {theirs} deployments where we count {ours}"
REGIONS = ", for each region of a rollout is one"


def sentence(tool: Tool, rows: Sequence[Row], found: Sequence[Row], *, has_regions: bool) -> str:
    """Say in a sentence why a tool differs from ours on this data."""
    lead = number(found, tool.key, "change_lead_time")
    said = REASONS[tool.key].format(
        failed_theirs=words.counted(alone(rows, "theirs", "deployment", "failed"), "deployment"),
        failed_ours=alone(rows, "ours", "deployment", "failed"),
        changes_theirs=alone(rows, "theirs", "change", "counted"),
        changes_ours=alone(rows, "ours", "change", "counted"),
        incidents_theirs=alone(rows, "theirs", "incident", "counted"),
        lead_n=f"{lead:,}",
    )
    return f"{tool.title} {said}{more(tool, found, has_regions=has_regions)}."


def more(tool: Tool, found: Sequence[Row], *, has_regions: bool) -> str:
    """Say how many deployments there are, where that differs."""
    # Pelorus sets incidents against commits.
    metric = "deployment_frequency" if tool.key == "pelorus" else "change_fail_rate"
    theirs, ours = number(found, tool.key, metric), number(found, OURS, metric)
    if theirs == ours:
        return ""
    return MORE.format(theirs=f"{theirs:,}", ours=f"{ours:,}") + (REGIONS if has_regions else "")


def number(found: Sequence[Row], tool: str, metric: str) -> int:
    """Return what stands behind a tool's number."""
    return next(int(row["n"]) for row in found if (row["tool"], row["metric"]) == (tool, metric))


def alone(rows: Sequence[Row], side: str, thing: str, word: str) -> int:
    """Count the things that are so on one side and not on the other."""
    other = "theirs" if side == "ours" else "ours"
    return sum(row["thing"] == thing and row[side] == word != row[other] for row in rows)
