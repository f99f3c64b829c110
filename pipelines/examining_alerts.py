"""What doctor says of names in the settings of alerts that nothing published has."""

import re
from collections.abc import Iterator

import duckdb

from pipelines.configuration import name_pattern
from pipelines.configuration.alerts import Alerts
from pipelines.findings import Finding
from sql import words

NAMES = "select service, team from marts.cadence"
"""What alerts are told of; teams and services may come from the data alone."""


def examine_alerts(alerts: Alerts, con: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yield the globs of channels that choose nothing, and silences of services there are not."""
    rows = con.execute(NAMES).fetchall()
    services = sorted({service for service, _ in rows})
    teams = sorted({team for _, team in rows if team})
    for channel in alerts.channels:
        subject = f"channel {channel.name}"
        for team in unknown(channel.teams, teams):
            yield finding(subject, f"`teams`: no service is of a team {team!r}", teams)
        for service in unknown(channel.services, services):
            yield finding(subject, f"`services`: no service is called {service!r}", services)
    for one in alerts.known:
        if one.service not in services:
            said = f"no service is called {one.service!r}"
            yield finding("confirmed silence", said, services)


def unknown(globs: tuple[str, ...], names: list[str]) -> list[str]:
    """Return the globs that no name matches."""
    return [glob for glob in globs if not any(re.search(name_pattern([glob]), n) for n in names)]


def finding(subject: str, said: str, names: list[str]) -> Finding:
    """Return what to look at, with the names that there are."""
    return Finding(subject, f"{said}; there are {words.few(names, 12) or 'none'}", "look")
