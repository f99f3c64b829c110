"""What filters offer: teams, services, weeks and environments."""

from dashboard import data
from sql import words


def teams() -> list[str]:
    """Return the teams that own a service."""
    query = "select distinct team from marts.service_overview where team <> '' order by team"
    return data.ask(query)["team"].to_list()


def service_names() -> list[str]:
    """Return all services by name."""
    return data.ask("select service from marts.service_overview order by 1")["service"].to_list()


def weeks() -> list[str]:
    """Return all whole weeks that metrics know, the latest first."""
    found = data.ask(
        "select distinct starts_on from marts.metrics where scope = 'organisation'"
        " and metric = 'deployment_frequency' and period = 'week' and is_finished order by 1 desc"
    )
    return [words.iso_week(on) for on in found["starts_on"]]


def environments() -> list[str]:
    """Return every environment that something was deployed to."""
    query = "select distinct environment from facts.deployments order by 1"
    return data.ask(query)["environment"].drop_nulls().to_list()
