"""What to do next about a service: the words of the rules of marts.next_steps, with evidence."""

from collections.abc import Mapping
from typing import Any

from sql import words
from sql.words import Part, Sentence

Row = Mapping[str, Any]

NONE = (
    "No step stands out: nothing is open, nothing waits long, and too few changes tell of stages."
)
STEPS = {
    "open_failure": "Mend what is still open, or record that it is over.",
    "stalled": "Ship what waits, or confirm the silence.",
    "failing": "Look for what its failed deployments share.",
    "no_way_back": "Plan the way forward before the next deployment.",
    "slowing": "Ship what waits in smaller parts, sooner.",
    "frozen": "Ship what waits once the freeze is over.",
    "known": "Ship what waits once the service goes on.",
    "waits": "Ship the oldest change that waits, or close it.",
}
OF_STAGES = {
    "coding": "Open changes earlier, as drafts or in smaller parts.",
    "pickup": "Agree who looks at a new change first, and by when.",
    "review": "Make changes smaller, or review them together.",
    "merge": "Let what is approved merge by itself once its checks pass.",
    "wait": "Deploy what is merged at once, or find what holds it.",
    "deployment": "Find the slowest step of the pipeline.",
}


def step(row: Row) -> str:
    """Say what to do."""
    return OF_STAGES[row["stage"]] if row["rule"] == "stage" else STEPS[row["rule"]]


def because(row: Row) -> Sentence:
    """Say what it stands on, up to the link to the evidence."""
    return (Part(f"{_BECAUSE[row['rule']](row)} "), Part(_LEADS[row["rule"]]))


def largest(row: Row) -> str:
    """Say the largest stage of a service, from marts.largest_stages."""
    share = words.rate(row["stage_share"])
    counted = words.counted(row["change_count"], "change")
    return f"Its largest stage is {row['stage']}: {share} of lead time, n = {counted}, 4 weeks."


def _open(row: Row) -> str:
    verb = "is" if row["n"] == 1 else "are"
    failed = words.counted(row["n"], "failed deployment")
    since = words.duration(row["hours"])
    return words.capital(f"{failed} {verb} still open, the oldest for {since}.")


def _waits(row: Row) -> str:
    verb = "waits" if row["n"] == 1 else "wait"
    return (
        f"{words.counted(row['n'], 'change')} {verb}, the oldest for {words.duration(row['hours'])}"
    )


def _stage(row: Row) -> str:
    share, counted = words.rate(row["share"]), words.counted(row["n"], "change")
    return f"{words.capital(row['stage'])} took {share} of lead time, n = {counted}, 4 weeks."


_BECAUSE = {
    "open_failure": _open,
    "stalled": lambda row: f"{_waits(row)}, and the silence is longer than its rhythm explains.",
    "failing": lambda row: (
        f"{words.rate(row['share'])} of {row['n']} deployments failed in 12 weeks, more than of all"
        " services together, beyond chance."
    ),
    "no_way_back": lambda row: (
        "A rollback now would be a project: a migration that can not be taken back lies between."
    ),
    "slowing": lambda row: f"{_waits(row)}, and it ships less than its rhythm.",
    "frozen": lambda row: f"{_waits(row)}, and a freeze is declared.",
    "known": lambda row: f"{_waits(row)}, and its silence is known.",
    "waits": lambda row: f"{_waits(row)}: more than three times the usual.",
    "stage": _stage,
}
_LEADS = {
    "open_failure": "The oldest:",
    "failing": "The latest:",
    "no_way_back": "What shows it:",
    "stage": "The change that spent longest in it:",
} | dict.fromkeys(("stalled", "slowing", "frozen", "known", "waits"), "The oldest:")
