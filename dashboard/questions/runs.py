"""The run that made the published file."""

from datetime import UTC

from dashboard import data
from sql.runs import Run


def run() -> Run:
    """Return the run that made the published file."""
    found = data.row("select as_of, time_zone, is_demo, is_git_only, organisation from config.run")
    return Run(
        as_of=found["as_of"].astimezone(UTC),
        zone=found["time_zone"] or "UTC",
        is_demo=bool(found["is_demo"]),
        is_git_only=bool(found["is_git_only"]),
        organisation=found["organisation"] or "The organisation",
    )
