"""A published file of 1,000 services and 5 years: the demo, copied in SQL to more names and times.

So every table keeps its columns, and every number its believable shape.
"""

import subprocess
import sys
from pathlib import Path

import duckdb

COPIES = 84
"""Of the demo's 12 services; its teams are copied to seven times as many."""
TEAMS = 7
SHIFT, YEARS = 546, 5
"""Days of the demo, moved back until there are five years."""
PAST = ("facts.rollouts", "facts.deployments", "facts.deployment_changes", "facts.changes")
PERIODS = (
    "marts.metrics", "marts.change_fail_rate", "marts.lead_time_stages", "marts.warnings"
)  # fmt: skip
KEPT_NAMES = ("organisation",)


def published(cache: Path) -> Path:
    """Return the data directory of the large file, made where it is not there yet."""
    demo, data = cache / "demo", cache / "dashboard"
    pointer = data / "serving" / "current.txt"
    if pointer.exists():
        return data
    serving = demo / "serving"
    if not (serving / "current.txt").exists():
        words = ["-m", "pipelines", "demo", "--no-dashboard", "--data-dir", str(demo)]
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    source = serving / (serving / "current.txt").read_text(encoding="utf-8").strip()
    pointer.parent.mkdir(parents=True, exist_ok=True)
    target = pointer.parent / "drumbeat-1.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect(target) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach '{source}' as demo (read_only)")
        tables = con.sql(
            "select schema_name || '.' || table_name, list(column_name order by column_index),"
            " list(data_type order by column_index) from duckdb_columns()"
            " where database_name = 'demo' and not internal group by all"
        ).fetchall()
        for schema in {table.partition(".")[0] for table, _, _ in tables}:
            con.execute(f"create schema if not exists {schema}")
        for table, names, types in tables:
            con.execute(statement(table, dict(zip(names, types, strict=True))))
    pointer.write_text(f"{target.name}\n", encoding="utf-8")
    return data


def statement(table: str, columns: dict[str, str]) -> str:
    """Return what makes one table out of the demo's."""
    if table == "config.run":
        return (
            f"create table {table} as select * replace ('Large' as organisation) from demo.{table}"
        )
    is_past = table in PAST or table in PERIODS
    if "service" in columns and (table in PAST or table.startswith("marts.")):
        return copied(table, columns, "true", is_past)
    if {"scope", "name"} <= columns.keys() and table.startswith("marts."):
        is_due = (
            f"scope = 'service' or scope = 'team' and copy < {TEAMS}"
            " or scope = 'organisation' and copy = 0"
        )
        return copied(table, columns, is_due, is_past)
    return f"create table {table} as from demo.{table}"


def copied(table: str, columns: dict[str, str], is_due: str, is_past: bool) -> str:
    """Return what copies a table to other names and, where it tells of the past, to other times."""
    shifts = -(-YEARS * 365 // SHIFT) if is_past else 1
    cells = ", ".join(f"{cell(name, kind)} as {name}" for name, kind in columns.items())
    order = " order by name" if "name" in columns else ""
    return (
        f"create table {table} as select {cells} from demo.{table},"
        f" range({COPIES}) as copies (copy), range({shifts}) as shifts (shift)"
        f" where {is_due}{order}"
    )


def cell(name: str, kind: str) -> str:
    """Return a column's value in a copy."""
    if name in ("service", "rollout_id", "deployment_id", "change_id"):
        return f"{name} || '-' || copy" + ("" if name == "service" else " || '-' || shift")
    if name == "name":
        return "case when scope = 'organisation' then name else name || '-' || copy end"
    if name == "team":
        return f"team || '-' || copy % {TEAMS}"
    if name in ("is_finished", "is_settled"):
        return f"{name} or shift > 0"
    if kind in ("DATE", "TIMESTAMP WITH TIME ZONE"):
        return f"cast({name} - shift * interval {SHIFT} day as {kind})"
    return name
