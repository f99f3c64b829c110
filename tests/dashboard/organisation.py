"""A small believable organisation, published as the pages expect to find it."""

import math
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

AS_OF = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
THIS_WEEK = date(2026, 11, 23)
WEEKS = 78
HOSTILE = "<script>alert('title')</script> **bold** [x](javascript:alert(1))"


@dataclass(frozen=True)
class Service:
    name: str
    team: str
    tier: int
    weekly: float
    fail_rate: float
    lead_hours: float
    state: str = "on_rhythm"
    waiting: int = 2
    silent_weeks: float = 0
    known_weeks: int = WEEKS


SERVICES = (
    Service("checkout", "Payments", 1, 14, 0.06, 17),
    Service("payments", "Payments", 1, 8, 0.05, 21, waiting=4),
    Service("invoicing", "Payments", 2, 3, 0.08, 50, "stalled", 11, silent_weeks=4),
    Service("web-shop", "Storefront", 1, 36, 0.14, 6, waiting=6),
    Service("search", "Storefront", 2, 7, 0.02, 20),
    Service("catalogue", "Storefront", 2, 5, 0.1, 18, waiting=3),
    Service("loyalty", "Storefront", 3, 2, 0, 30, "too_new", known_weeks=2),
    Service("stock", "Logistics", 2, 4, 0.09, 30, "slowing", 9, silent_weeks=2),
    Service("shipping", "Logistics", 1, 4, 0.14, 31, waiting=5),
    Service("returns", "Logistics", 3, 1, 0.05, 40, "retired", 0, silent_weeks=30),
    Service("identity", "Platform", 1, 5, 0.03, 29),
    Service("labels", "Platform", 3, 0, 0, 0, "never_deployed", 1),
)


def build(
    folder: Path,
    *,
    is_demo: bool = False,
    is_git_only: bool = False,
    is_empty: bool = False,
    is_early: bool = False,
    run: int = 1,
) -> Path:
    """Write and publish one organisation; returns its published file."""
    serving = folder / "serving"
    serving.mkdir(parents=True, exist_ok=True)
    path = serving / f"drumbeat-{run:04d}.duckdb"
    with duckdb.connect(path) as con:
        con.execute("set TimeZone = 'UTC'")
        _fill(con, is_demo=is_demo, is_git_only=is_git_only, is_early=is_early)
        if is_empty:
            tables = (
                "select 'marts.' || table_name from duckdb_tables() where schema_name = 'marts'"
            )
            for (table,) in con.sql(tables).fetchall():
                con.execute(f"delete from {table}")
    (serving / "current.txt").write_text(f"{path.name}\n")
    return path


def rollouts() -> pl.DataFrame:
    """Draw every rollout from a seed, in working hours of working days."""
    draw = random.Random(47)
    rows = []
    for service in SERVICES:
        for week in range(-service.known_weeks, 1):
            start = datetime.combine(THIS_WEEK, datetime.min.time(), UTC) + timedelta(weeks=week)
            for _ in range(_poisson(draw, service.weekly)):
                at = start + timedelta(days=draw.randrange(5), hours=draw.uniform(7, 17))
                silence = AS_OF - timedelta(weeks=service.silent_weeks)
                if at <= silence:
                    rows.append(_rollout(draw, service, at))
    rows.sort(key=lambda row: (row["finished_at"], row["service"]))
    return pl.DataFrame(
        [{"rollout_id": f"r{index}", **row} for index, row in enumerate(rows)],
        infer_schema_length=None,
    )


def _rollout(draw: random.Random, service: Service, at: datetime) -> dict[str, object]:
    is_failed = draw.random() < service.fail_rate
    recovery = draw.expovariate(0.7) if is_failed and draw.random() < 0.93 else None
    if recovery is not None and at + timedelta(hours=recovery) > AS_OF:
        recovery = None
    return {
        "service": service.name,
        "team": service.team,
        "finished_at": at.replace(microsecond=0),
        "is_failed": is_failed,
        "is_rework": is_failed and draw.random() < 0.3,
        "recovery_hours": recovery,
        "lead_hours": service.lead_hours * draw.lognormvariate(0, 0.6),
        "change_count": draw.randint(1, 5),
    }


def _poisson(draw: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, draw.random()
    while product > limit:
        count, product = count + 1, product * draw.random()
    return count


def _fill(
    con: duckdb.DuckDBPyConnection, *, is_demo: bool, is_git_only: bool, is_early: bool
) -> None:
    for schema in ("config", "facts", "marts"):
        con.execute(f"create schema {schema}")
    con.register("drawn", rollouts())
    con.execute("create temp table rollouts as from drawn")
    con.register("listed", pl.DataFrame([vars(service) for service in SERVICES]))
    con.execute("create temp table services as from listed")
    con.execute(
        "create table config.run as select ?::timestamptz as as_of, ?::timestamptz as known_at,"
        " 'Europe/Berlin' as time_zone, ? as is_demo, ? as is_git_only,"
        " 'The organisation' as organisation, timestamptz '2025-05-26 00:00Z' as since_at",
        [AS_OF, AS_OF, is_demo, is_git_only],
    )
    for statement in (Path(__file__).parent / "organisation.sql").read_text().split(";\n"):
        if statement.strip():
            told = {"hostile": HOSTILE, "is_early": is_early}
            con.execute(
                statement, {key: told[key] for key in told if f"${key}" in statement} or None
            )
