"""Makes the connectors of pagers and incident tools from their settings."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.configuration.pagers import (
    AnyPager,
    GrafanaIrmSource,
    IncidentIoSource,
    JiraSource,
    OpsgenieSource,
    PagerDutySource,
    ServiceNowSource,
)
from pipelines.hosts import first_day, revealed
from pipelines.project import Project, midnight

if TYPE_CHECKING:
    from connectors.pagers import Api, Pager


def pager(project: Project, source: AnyPager) -> "Pager":
    """Make the connector of one tool."""
    from connectors.pagers import Pager

    return Pager(api(project, source))


def api(project: Project, source: AnyPager) -> "Api":
    """Make what asks the tool itself; clients are imported here, where they are needed."""
    shared: dict[str, Any] = {
        "url": source.address,
        "token": revealed(source.token),
        "since": midnight(source.since) or first_day(datetime.now(UTC)),
        "ca": source.ca,
        "reserve": source.reserve,
        "say": project.say,
    }
    if isinstance(source, PagerDutySource):
        from connectors.pagers import pagerduty

        return pagerduty.connect(**shared)
    if isinstance(source, JiraSource):
        from connectors.pagers import jira

        return jira.connect(**shared, user=source.user, jql=source.jql, fields=source.fields)
    if isinstance(source, OpsgenieSource):
        from connectors.pagers import opsgenie

        return opsgenie.connect(**shared, read=source.read)
    return other(source, shared)


def other(source: AnyPager, shared: dict[str, Any]) -> "Api":
    """Make what asks one of the smaller tools."""
    if isinstance(source, IncidentIoSource):
        from connectors.pagers import incident_io

        return incident_io.connect(**shared)
    if isinstance(source, ServiceNowSource):
        from connectors.pagers import servicenow

        shared |= {"user": source.user, "table": source.table, "query": source.query}
        return servicenow.connect(**shared)
    if isinstance(source, GrafanaIrmSource):
        from connectors.pagers import grafana_irm

        return grafana_irm.connect(**shared)
    from connectors.pagers import statuspage

    assert source.kind == "statuspage"
    return statuspage.connect(**shared, page=source.page)
