"""Compares what the pipeline published with what the reference says, table by table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

from tests.reference.beside import beside
from tests.reference.delivered import NAMES
from tests.reference.facts import Facts
from tests.reference.metrics import metrics
from tests.reference.organisation import Organisation, Row

PERIOD = ("scope", "name", "period", "starts_on")
GRAINS = {
    "facts.rollouts": ("rollout_id",),
    "facts.changes": ("service", "change_id"),
    "facts.deployment_changes": ("service", "change_id"),
    "facts.deployment_incidents": ("incident_id", "claimed_by", "deployment_id", "how"),
    "facts.flag_incidents": ("incident_id", "claimed_by", "service", "flag_event_id", "how"),
    "facts.failed_deployments": ("deployment_id",),
    "facts.remedies": ("deployment_id", "mended_id", "how"),
    "marts.change_wait": PERIOD,
    "marts.lead_time_stages": PERIOD,
    "marts.change_lead_time": PERIOD,
    "marts.change_fail_rate": PERIOD,
    "marts.metrics": ("metric", *PERIOD),
    "marts.weekly_values": ("metric", "scope", "name", "week_on"),
}
METRIC_COLUMNS = (
    "ends_on", "is_finished", "is_settled", "value", "unit", "n", "low", "high", "p25", "p50",
    "p75", "p90", "mean", "at_least", "open_count", "is_too_few",
)  # fmt: skip
CHANGE_COLUMNS = (
    "service", "change_id", "kind", "repository", "first_commit_at", "opened_at", "ready_at",
    "first_review_at", "approved_at", "merged_at", "merge_sha", "deployment_id", "is_bot",
    "author_team", "is_revert", "is_hotfix",
)  # fmt: skip
CARRIED_COLUMNS = (
    "service", "change_id", "deployment_id", "how", "is_before_history", "is_bot", "author_team",
    "finished_on", "is_excluded",
)  # fmt: skip


def expected(organisation: Organisation) -> dict[str, dict[tuple[Any, ...], Row]]:
    """Return what every compared table should hold, by its grain."""
    facts = Facts(organisation)
    tables = {
        "facts.rollouts": facts.rollouts,
        "facts.changes": [{name: row[name] for name in CHANGE_COLUMNS} for row in facts.changes],
        "facts.deployment_changes": list(map(carried, facts.deployment_changes)),
        "facts.deployment_incidents": facts.links,
        "facts.flag_incidents": facts.flag_links,
        "facts.failed_deployments": [
            {"deployment_id": one, **row} for one, row in facts.failures.items()
        ],
        "facts.remedies": facts.remedies,
    }
    found = {
        table: {tuple(row[key] for key in GRAINS[table]): row for row in rows}
        for table, rows in tables.items()
    }
    empty = dict.fromkeys(METRIC_COLUMNS)
    told = metrics(facts)
    for metric in ("change_lead_time", "change_fail_rate"):
        found[f"marts.{metric}"] = {
            key[1:]: row.pop("beside") for key, row in told.items() if key[0] == metric
        }
    alone = metrics(Facts(replace(organisation, overrides=()))) if organisation.overrides else told
    found["marts.weekly_values"] = {
        (*of, week_on): {
            "value": row["value"],
            "by_rule_value": alone[*of, period, week_on]["value"],
        }
        for (*of, period, week_on), row in told.items()
        if period == "week"
    }
    found["marts.metrics"] = {key: {**empty, **row} for key, row in told.items()}
    found["marts.change_wait"], found["marts.lead_time_stages"] = beside(facts)
    return found


def carried(row: Row) -> Row:
    """Return a change in its first deployment as it is published."""
    lengths = ("lead", *NAMES)
    stages = [*lengths, *(f"working_{stage}" for stage in lengths)]
    return {
        **{column: row[column] for column in CARRIED_COLUMNS},
        **{f"{stage}_seconds": row[stage] for stage in stages},
    }


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
