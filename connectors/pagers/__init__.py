"""Pagers and incident tools: PagerDuty, Jira, Opsgenie, incident.io, Statuspage and others."""

from connectors.pagers.api import Api
from connectors.pagers.source import Pager

__all__ = ["Api", "Pager"]
