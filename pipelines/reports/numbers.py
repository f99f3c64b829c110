"""The report as numbers, for programs: what its words and pictures are made from."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pipelines import windows
from pipelines.reports import metrics, reading
from pipelines.reports.choosing import week_name
from pipelines.reports.contents import Report
from pipelines.reports.reading import WEEK, Edition, Row
from sql import words
from sql.names import WINDOWS

History = Mapping[str, Mapping[date, Row]]


def render(report: Report) -> str:
    """Write a report as JSON; nothing in it is NaN or infinite."""
    said = {
        "title": report.title,
        "warnings": report.warnings,
        "paragraph": words.text(report.sentence),
        "restated": words.text(report.restated),
    }
    whole = {"type": "drumbeat.report", "id": report.name, **report.data, "said": said}
    return json.dumps(plain(whole), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def data(edition: Edition, history: History, rows: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Return what a report is of, its five metrics, and the rows of its sections by their name."""
    run = edition.run
    return {
        "week": week_name(edition.week),
        "starts_on": edition.week,
        "ends_on": edition.ends_on,
        "is_finished": edition.is_finished,
        "scope": edition.scope.kind,
        "name": edition.scope.name,
        "organisation": run.organisation,
        "as_of": run.as_of,
        "time_zone": run.zone,
        "is_demo": run.is_demo,
        "is_git_only": run.is_git_only,
        "metrics": [
            metric(edition, name, history[name], targets.get(name))
            for targets in [reading.targets(edition)]
            for name in WINDOWS
        ],
        **rows,
    }


def metric(
    edition: Edition, name: str, history: Mapping[date, Row], target: float | None
) -> dict[str, Any]:
    """Return one metric as ``drumbeat metrics --json`` has it, and what it is held against."""
    row, before = history.get(edition.week), history.get(edition.week - WEEK)
    known = {field: row.get(field) for field in windows.FIELDS} if row else {"metric": name}
    known.pop("warnings", None)
    if row and row["at_least"] is not None:
        known["at_least"] = row["at_least"]
    if row and row["open_count"] is not None:
        known["open"] = row["open_count"]
    return {
        **known,
        "window": WINDOWS[name],
        "starts_on": row["starts_on"] if row else None,
        "ends_on": edition.ends_on,
        "week_before": before["value"] if before else None,
        "median_of_twelve": metrics.median_before(name, edition, history),
        "target": target,
    }


def plain(value: Any) -> Any:
    """Return a value as JSON has it: times in UTC, days as text, null for what has no end."""
    match value:
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return None
        case str() | int() | float() | None:
            return value
        case _:
            return str(value)
