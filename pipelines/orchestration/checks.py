"""The asset checks: all there is to ask of each table.

A failed check is shown with what to do; it stops no run, as it stops no `drumbeat refresh`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import dagster as dg
import duckdb

from pipelines import raw
from pipelines.orchestration import lacking, sources, totals
from pipelines.orchestration.assets import Held
from pipelines.orchestration.metadata import key
from pipelines.orchestration.warehouse import Warehouse
from pipelines.steps import Step, steps

LATE = timedelta(hours=3)
RAW_GRAIN = ("source", "scope", "record_id")
NULL = re.compile(r"\bnull\b")
SHOWN = 5

Finding = dg.AssetCheckResult


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a table, and what it is called."""

    name: str
    description: str
    answer: Callable[[Warehouse], Finding]


def every() -> list[dg.AssetChecksDefinition]:
    """Return the checks: one step for what was collected, one for what was made of it."""
    of_raw = {
        f"raw.{table}": list(of(f"raw.{table}", RAW_GRAIN, RAW_GRAIN)) for table in raw.TABLES
    }
    of_steps = {one.table: list(of(one.table, one.grain, keys(one))) for one in steps().values()}
    return [checking("collected_checks", of_raw), checking("made_checks", of_steps)]


def keys(step: Step) -> tuple[str, ...]:
    """Return the part of the grain that has to be there: all that is not described as null."""
    nullable = {column.name for column in step.columns if NULL.search(column.description)}
    return tuple(name for name in step.grain if name not in nullable)


def checking(name: str, checks: Mapping[str, list[Check]]) -> dg.AssetChecksDefinition:
    """Make the step that checks tables, all of them or those that are asked for."""

    @dg.multi_asset_check(
        name=name,
        specs=[
            dg.AssetCheckSpec(check.name, asset=key(table), description=check.description)
            for table, asked in checks.items()
            for check in asked
        ],
        can_subset=True,
    )
    def checked(context: dg.AssetCheckExecutionContext, warehouse: Held) -> Iterator[Finding]:
        for table, asked in checks.items():
            for check in asked:
                if dg.AssetCheckKey(key(table), check.name) in context.selected_asset_check_keys:
                    yield check.answer(warehouse)

    return checked


def of(table: str, grain: tuple[str, ...], needed: tuple[str, ...]) -> Iterator[Check]:
    """Yield what is asked of ``table``."""
    yield Check(
        "grain_is_unique",
        f"No two rows have the same {', '.join(grain)}.",
        lambda warehouse: unique(warehouse.con, table, grain),
    )
    yield Check(
        "keys_are_present",
        f"No row lacks {', '.join(needed)}.",
        lambda warehouse: present(warehouse.con, table, needed),
    )
    for total in totals.of(table):
        yield Check(total.name, total.description, partial(agreeing, total))
    if table in lacking.FINDINGS:
        yield Check(
            "nothing_is_found",
            "Nothing is missing or contradictory; what is, is shown with how to mend it.",
            partial(whole, "nothing_is_found", table, partial(lacking.findings, table=table)),
        )
    if table == lacking.EXPLAINED:
        yield Check(
            "deployments_explain_themselves",
            "Of every service, four in five of the latest week's deployments explain themselves.",
            partial(whole, "deployments_explain_themselves", table, lacking.unexplained),
        )
    if table.startswith("raw."):
        yield Check(
            "sources_are_fresh",
            "Every source was asked within the last three hours and answered; whether it had "
            "anything new plays no part.",
            lambda warehouse: fresh(warehouse, table.removeprefix("raw."), datetime.now(UTC)),
        )


def unique(con: duckdb.DuckDBPyConnection, table: str, grain: tuple[str, ...]) -> Finding:
    """Check that the grain is one, and show some rows that break it."""
    names = ", ".join(grain)
    found = con.execute(
        f"select count(*) over (), count(*), {names} from {table} group by {names} "
        f"having count(*) > 1 order by all limit {SHOWN}"
    ).fetchall()
    examples = [f"{times} x {', '.join(map(str, values))}" for _, times, *values in found]
    total = found[0][0] if found else 0
    told = f"{total:,} of {names} stand in several rows, such as {'; '.join(examples)}"
    return finding("grain_is_unique", table, told if found else "", duplicated=total)


def present(con: duckdb.DuckDBPyConnection, table: str, needed: tuple[str, ...]) -> Finding:
    """Check that no row lacks a part of its key."""
    counts = ", ".join(f"count(*) - count({name})" for name in needed)
    ((*missing,),) = con.execute(f"select {counts} from {table}").fetchall()
    told = [f"{n:,} rows lack {name}" for name, n in zip(needed, missing, strict=True) if n]
    return finding("keys_are_present", table, "; ".join(told), missing=sum(missing))


def whole(
    name: str,
    table: str,
    found_in: Callable[[duckdb.DuckDBPyConnection], tuple[str, int]],
    warehouse: Warehouse,
) -> Finding:
    """Check that nothing is lacking; where something is, that warns and fails nothing."""
    told, found = found_in(warehouse.con)
    return finding(name, table, told, dg.AssetCheckSeverity.WARN, found=found)


def agreeing(total: totals.Total, warehouse: Warehouse) -> Finding:
    """Check that two layers count the same."""
    ((here, there),) = warehouse.con.execute(f"select ({total.here}), ({total.there})").fetchall()
    told = f"{here:,} here, {there:,} there: {total.there}" if here != there else ""
    return finding(total.name, total.table, told, here=int(here), there=int(there))


def fresh(warehouse: Warehouse, table: str, now: datetime) -> Finding:
    """Check that every source of a raw table was asked lately, and answered."""
    found = sources.sources_of(warehouse, table)
    late = [told for one in found if (told := lateness(warehouse, table, one.name, now))]
    return finding("sources_are_fresh", f"raw.{table}", "; ".join(late), dg.AssetCheckSeverity.WARN)


def lateness(warehouse: Warehouse, table: str, source: str, now: datetime) -> str:
    """Say since when a source is not fresh and what to do, or nothing."""
    if warehouse.project.kinds[source] == "demo":
        return ""
    at, error = sources.last_collected(warehouse.con, table, source)
    since = f"last collected on {at:%Y-%m-%d at %H:%M} UTC" if at else "never collected"
    if error:
        return f"{source}: {since}; the latest attempt failed: {error}"
    if at is None or now - at > LATE:
        return f"{source}: {since}; run `drumbeat refresh`, or switch on hourly_refresh_schedule"
    return ""


def finding(
    name: str,
    table: str,
    fault: str,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    **counts: int,
) -> Finding:
    """Return the result of one check, which passes where there is no ``fault`` to tell."""
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=key(table),
        passed=not fault,
        severity=severity,
        description=fault or None,
        metadata=counts,
    )
