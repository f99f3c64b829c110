"""The run that made the published file, and the weeks it is seen from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard import data


@dataclass(frozen=True)
class Run:
    """What the published file was made from and when."""

    as_of: datetime
    zone: str
    is_demo: bool
    is_git_only: bool
    organisation: str

    @property
    def this_week(self) -> date:
        """Return the Monday of the unfinished week, in the configured zone."""
        today = self.day(self.as_of)
        return today - timedelta(days=today.weekday())

    @property
    def last_week(self) -> date:
        """Return the Monday of the last whole week."""
        return self.this_week - timedelta(days=7)

    def day(self, at: datetime) -> date:
        """Return the day of a moment in the configured zone."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def noun(self) -> str:
        """Return what a deployment is called: on plain git, tags are releases."""
        return "release" if self.is_git_only else "deployment"


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
