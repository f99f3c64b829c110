"""When Dagster runs by itself: a refresh every hour, a report every week.

Both schedules begin stopped: whoever opens Dagster to look around must not begin to ask sources
or to write reports. `drumbeat serve` begins with both running. Dagster remembers in its own folder,
below the data directory, that somebody switched them on or off.
"""

import os
from collections.abc import Sequence

import dagster as dg

from pipelines.errors import Busy
from pipelines.locking import locked, told
from pipelines.orchestration import launching
from pipelines.orchestration.assets import REPORTS, WEEKLY_REPORT
from pipelines.project import Project

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

REFRESH = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(REPORTS),
    description="Collect what is new, build, publish, alert: what `drumbeat refresh` does.",
)
WEEKLY = dg.define_asset_job(
    "weekly_report",
    # Everything before it as well, so that the report never tells of an older week than the last.
    selection=dg.AssetSelection.assets(WEEKLY_REPORT).upstream(),
    description="Refresh, then write the report of the last whole week.",
)
JOBS = (REFRESH, WEEKLY)


def every(project: Project) -> Sequence[dg.ScheduleDefinition]:
    """Return the schedules in the calendar's time zone."""
    return hourly_refresh_schedule(project), weekly_report_schedule(project)


def begun() -> dg.DefaultScheduleStatus:
    """Return whether schedules begin running."""
    status = dg.DefaultScheduleStatus
    return status.RUNNING if os.environ.get(launching.RUNNING) == "running" else status.STOPPED


def hourly_refresh_schedule(project: Project) -> dg.ScheduleDefinition:
    """Refresh every hour; skip while another process writes, so that no runs queue up."""

    @dg.schedule(
        name="hourly_refresh_schedule",
        job=REFRESH,
        cron_schedule="0 * * * *",
        execution_timezone=project.configuration.calendar.time_zone,
        default_status=begun(),
        description="Refreshes at every full hour. Runs under `drumbeat serve`, or once "
        "switched on.",
    )
    def refreshed() -> dg.RunRequest | dg.SkipReason:
        try:
            with locked(project.data_dir, wait=False, say=print):
                return dg.RunRequest()
        except Busy:
            return dg.SkipReason(f"{told(project.data_dir)} is writing; the next hour will do")

    return refreshed


def weekly_report_schedule(project: Project) -> dg.ScheduleDefinition:
    """Write the report on the configured day and hour."""
    report = project.configuration.report
    return dg.ScheduleDefinition(
        name="weekly_report_schedule",
        job=WEEKLY,
        cron_schedule=f"0 {report.hour} * * {WEEKDAYS.index(report.weekday)}",
        execution_timezone=project.configuration.calendar.time_zone,
        default_status=begun(),
        description="Refreshes and reports the last whole week on the day and hour under "
        "`report` in the configuration. Runs under `drumbeat serve`, or once switched on.",
    )
