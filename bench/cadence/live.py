"""How fast the live state of many services is told: from their deploy-days, as a refresh does."""

import time

import duckdb
import numpy as np
import polars as pl

from bench.cadence.calendars import Whole
from bench.cadence.simulator import LENGTH, make
from pipelines.analysis import cadence

SERVICES = 10_000
KINDS = 250
"""So many different services are made; the others are these again."""
TABLES = """
create schema config;
create schema facts;
create table facts.today as select cast($today as date) as today;
create table config.calendar as select '0 1 2 3 4' as working_week, 'DE' as country;
create table config.cadence as
select 5.0 as return_years, cast(null as double) as false_alarms;
create table config.services (service text, country text);
create table config.holidays (country text, day date);
create table facts.freezes (name text, service text, from_on date, to_on date);
insert into facts.freezes values ('turn of the year', null, '2015-12-20', '2016-01-02');
create table facts.deploy_days (service text, day date, deployment_count bigint);
"""


def measure(services: int = SERVICES, seed: int = 6) -> dict[str, float]:
    """Time the state of so many services of six years, a sixth of each rhythm."""
    first = np.datetime64("2014-01-06")
    with duckdb.connect() as con:
        for statement in TABLES.strip().removesuffix(";").split(";\n"):
            params = {"today": str(first + LENGTH)} if "$today" in statement else None
            con.execute(statement, params)
        deployed = pl.concat(
            days(f"service-{number}", make(number, seed).counts(), first)
            for number in range(min(services, KINDS))
        )
        con.register("deployed", deployed)
        con.execute(
            "insert into facts.deploy_days "
            "select concat(service, '-', copies.copy), day, deployment_count from deployed, "
            "range($1) as copies (copy)",
            [-(-services // KINDS)],
        )
        con.execute(
            "insert into config.holidays select 'DE', cast(day as date) from "
            "range(timestamp '2014-01-01', timestamp '2021-01-01', interval 36 day) as every (day)"
        )
        begun, worked = time.perf_counter(), time.process_time()
        rows = cadence.analyse(con)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    return {"services": rows.height, "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2)}


def days(service: str, counts: Whole, first: np.datetime64) -> pl.DataFrame:
    """Return the deploy-days of a service."""
    on = np.flatnonzero(counts)
    return pl.DataFrame(
        {"service": [service] * len(on), "day": first + on, "deployment_count": counts[on]}
    )
