"""Compares what the pipeline published with what the reference says, table by table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

from tests.reference.facts import Facts
from tests.reference.metrics import beside, metrics
from tests.reference.organisation import Organisation, Row

GRAINS = {
    "facts.rollouts": ("rollout_id",),
    "facts.deployment_changes": ("service", "change_id"),
    "facts.deployment_incidents": ("incident_id", "deployment_id", "how"),
    "facts.failed_deployments": ("deployment_id",),
    "facts.remedies": ("deployment_id", "mended_id", "how"),
    "marts.change_wait": ("scope", "name", "period", "starts_on"),
    "marts.lead_time_stages": ("scope", "name", "period", "starts_on"),
    "marts.metrics": ("metric", "scope", "name", "period", "starts_on"),
}
METRIC_COLUMNS = (
    "ends_on", "is_finished", "is_settled", "value", "unit", "n", "low", "high", "p25", "p75",
    "p90", "at_least", "open_count",
)  # fmt: skip


def expected(organisation: Organisation) -> dict[str, dict[tuple[Any, ...], Row]]:
    """Return what every compared table should hold, by its grain."""
    facts = Facts(organisation)
    failed = [{"deployment_id": one, **row} for one, row in facts.failures.items()]
    stages = ("coding", "pickup", "review", "merge", "wait", "deployment", "lead")
    carried = [
        {f"{key}_seconds" if key in stages else key: value for key, value in row.items()}
        for row in facts.deployment_changes
    ]
    for row in carried:
        for extra in ("is_hotfix", "reverts", "repository", "is_bot"):
            del row[extra]
    tables = {
        "facts.rollouts": facts.rollouts,
        "facts.deployment_changes": carried,
        "facts.deployment_incidents": facts.links,
        "facts.failed_deployments": failed,
        "facts.remedies": facts.remedies,
    }
    found = {
        table: {tuple(row[key] for key in GRAINS[table]): row for row in rows}
        for table, rows in tables.items()
    }
    empty = dict.fromkeys(METRIC_COLUMNS)
    found["marts.metrics"] = {key: {**empty, **row} for key, row in metrics(facts).items()}
    found["marts.change_wait"], found["marts.lead_time_stages"] = beside(facts)
    return found


def read(con: duckdb.DuckDBPyConnection, table: str) -> dict[tuple[Any, ...], Row]:
    """Return a published table by its grain."""
    frame = con.sql(f"from {table}").pl()
    return {tuple(row[key] for key in GRAINS[table]): row for row in frame.to_dicts()}


def differences(con: duckdb.DuckDBPyConnection, organisation: Organisation) -> Iterator[str]:
    """Yield a line for every row and column that differs."""
    for table, wanted in expected(organisation).items():
        found = read(con, table)
        for key in sorted(wanted.keys() | found.keys(), key=str):
            if key not in found or key not in wanted:
                where = "published" if key in found else "expected"
                yield f"{table} {key}: only {where}: {found.get(key) or wanted[key]}"
                continue
            for column, value in wanted[key].items():
                if not same(value, found[key][column]):
                    yield f"{table}.{column} {key}: wanted {value}, found {found[key][column]}"


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same, numbers to six places."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.astimezone(UTC) == other.astimezone(UTC)
    numbers = (int, float, Decimal)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return abs(float(one) - float(other)) <= 2e-6 * max(1.0, abs(float(one)))
    return bool(one == other)
