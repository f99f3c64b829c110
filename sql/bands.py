"""What has to stand beside a level of DORA's reports, and how levels and scores are said."""

from collections.abc import Mapping
from typing import Any

from sql import words

CLUSTERS = (
    "Levels are clusters of answers to a survey, not a ladder: some overlap, some leave gaps,"
    " and in 2024 medium has fewer failures than high."
)
WARNINGS = (
    "Metrics are no goals: who makes them one gets the number and not what it stood for.",
    "One service at a time: teams and the organisation have no level.",
    "Do not compare unlike services.",
)
"""What DORA itself warns of."""
SINCE_2025 = (
    "From 2025 on DORA publishes no levels; its quick check scores answers from 0 to 10."
    " There is no score over all metrics."
)
BESIDE = (CLUSTERS, *WARNINGS, SINCE_2025)
"""All that is shown wherever a level is."""

Row = Mapping[str, Any]


def level(row: Row) -> str:
    """Say a level: ``high (day to week)``, else why there is none."""
    if row["level"] is None:
        return f"no level: {row['reason']}"
    return f"{row['level']} ({row['said']})"


def report(row: Row) -> str:
    """Say which report a level is from, and whether it was read there."""
    return f"{row['report_year']}{', second-hand' if row['is_second_hand'] else ''}"


def score(row: Row) -> str:
    """Say a score: ``6.0 of 10``, else why there is none."""
    return f"no score: {row['reason']}" if row["score"] is None else f"{row['score']:.1f} of 10"


def beside(row: Row) -> str:
    """Say what others have: ``everybody 5.5 (sd 2.4), retail 5.9``."""
    said = f"everybody {row['mean_score']:.1f} (sd {row['sd_score']:.1f})"
    if row["industry"]:
        said += f", {row['industry']} {row['industry_score']:.1f}"
    return said


def value(row: Row) -> str:
    """Say the number that is judged, in its unit."""
    if row["value"] is None:
        return words.NOTHING
    if row["unit"] == "per week":
        return f"{row['value']:.1f} a week"
    return words.rate(row["value"]) if row["unit"] == "rate" else words.duration(row["value"])
