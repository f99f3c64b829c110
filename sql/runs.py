"""The run that made a published file, and the weeks it is seen from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Run:
    """What the published file was made from and when."""

    as_of: datetime
    zone: str
    is_demo: bool
    is_git_only: bool
    organisation: str

    @property
    def local(self) -> datetime:
        """Return the data's own moment in the configured zone."""
        return self.as_of.astimezone(ZoneInfo(self.zone))

    @property
    def this_week(self) -> date:
        """Return the Monday of the unfinished week, in the configured zone."""
        today = self.local.date()
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
