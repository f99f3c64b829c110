"""What must not change a number: in what order things are told, where, beside whom, and when."""

import os
import pickle
import random
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from tests.cases import building
from tests.reference.building import ABOUT_COLLECTING, Held, Tables, held, kept, made, overrule
from tests.reference.generator import pack
from tests.reference.organisation import Organisation
from tests.support import changed, contents, project, published, refresh, rows, told, write

SEEDS = range(900, 920) if os.environ.get("DRUMBEAT_TEST_ALL") else range(900, 901)
PACKED = 5
# They pool all that a source tells, whosesoever it is.
POOLED = {
    "facts.period_days", "facts.source_days", "marts.source_rhythms", "marts.coverage_changes",
    "marts.warnings", "marts.definitions",
}  # fmt: skip
# Its second column is a number that means nothing.
NUMBERED = "facts.commits_since_previous"
# Months are no whole number of weeks; services and teams have days of their own.
BY_TIME = (
    "facts.rollouts", "facts.deployments", "facts.changes", "facts.deployment_changes",
    "facts.incidents", "facts.deployment_incidents", "facts.flag_incidents",
    "facts.failed_deployments", "facts.remedies", "facts.spells", "marts.waiting_changes",
)  # fmt: skip
BY_WEEK = (
    "marts.metrics",
    "marts.change_lead_time",
    "marts.lead_time_stages",
    "marts.change_wait",
    "marts.change_fail_rate",
    "marts.recovery_time",
)
FORMS = ("csv", "parquet", "csv", "parquet", "csv")


@pytest.fixture(scope="module", params=SEEDS)
def first(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    return kept(tmp_path_factory.mktemp("metamorphic"), random_organisation(request.param))


def random_organisation(seed: int) -> Organisation:
    return pack(seed, PACKED)


@pytest.mark.slow
def test_the_order_of_rows_and_two_collections_instead_of_one_change_nothing(tmp_path, first):
    one, dice = first.organisation, random.Random(1)
    shuffled = {name: dice.sample(rows, len(rows)) for name, rows in one.tables.items()}
    overrule(tmp_path, one)
    found = project(tmp_path, **one.settings())
    write(tmp_path / "files", **{n: rows[: len(rows) // 2] for n, rows in shuffled.items()})
    refresh(found, one.as_of)
    write(tmp_path / "files", **shuffled)

    refresh(found, one.as_of)

    with published(found) as con:
        assert changed(bare(first.tables), bare(contents(con, *ABOUT_COLLECTING))) == {}


def test_files_that_come_one_after_the_other_in_other_forms_change_nothing(tmp_path, first):
    one = first.organisation
    overrule(tmp_path, one)
    found = project(tmp_path, **one.settings())
    folder = tmp_path / "files"
    folder.mkdir()

    for number, (name, form) in enumerate(zip(reversed(one.tables), FORMS, strict=True)):
        frame = pl.DataFrame(
            [{key: told(value) for key, value in row.items()} for row in one.tables[name]],
            infer_schema_length=None,
        )
        if not frame.is_empty():
            getattr(frame, f"write_{form}")(folder / f"{name}.{form}")
        # A few, and then the others.
        if number in (1, len(FORMS) - 1):
            refresh(found, one.as_of)

    with published(found) as con:
        assert changed(bare(first.tables), bare(contents(con, *ABOUT_COLLECTING))) == {}


@pytest.mark.slow
def test_unrelated_services_change_only_what_pools_them(tmp_path, first):
    one = first.organisation
    other = replace(pack(7_700, 2), zone=one.zone, as_of=one.as_of)
    strange_shas = {row["sha"] for row in other.tables["commits"]}

    together = held(tmp_path, one + other)

    alone = {table: own(rows, strange_shas) for table, rows in bare(first.tables).items()}
    beside = {table: own(rows, strange_shas) for table, rows in bare(together).items()}
    assert changed(alone, beside).keys() - POOLED == set()


def bare(tables: Tables) -> Tables:
    """Return tables without numbers that mean nothing."""
    numbered = sorted(((row[0], *row[2:]) for row in tables[NUMBERED]), key=str)
    return {**tables, NUMBERED: numbered}


def own(rows: Iterable[tuple[Any, ...]], strange_shas: set[str]) -> list[tuple[Any, ...]]:
    """Return the rows that neither name the strangers nor pool everybody."""
    found = []
    for row in rows:
        texts = {text.lower() for text in row if isinstance(text, str)}
        is_strange = any(text.startswith("s7700") for text in texts)
        if not (is_strange or "organisation" in texts or texts & strange_shas):
            found.append(row)
    return found


def test_another_time_zone_of_the_machine_changes_nothing(tmp_path, first):
    code = (
        "import pickle, sys; from pathlib import Path\n"
        "from tests.reference.building import held\n"
        "found = held(Path(sys.argv[1]), pickle.loads(sys.stdin.buffer.read()))\n"
        "sys.stdout.buffer.write(pickle.dumps(found))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "TZ": "Pacific/Auckland", "PYTHONPATH": os.pathsep.join(sys.path)},
        input=pickle.dumps(first.organisation),
        capture_output=True,
        check=True,
    )

    assert changed(first.tables, pickle.loads(said.stdout)) == {}


def test_all_that_happens_weeks_later_is_as_it_was(tmp_path, first):
    # A calendar whose clocks never change, without holidays.
    one, by = replace(first.organisation, zone="UTC", calendar={}), timedelta(weeks=12)

    def numbers(name: str, of: Organisation) -> Tables:
        with building.warehouse() as con:
            made(con, tmp_path / name, of, (*BY_TIME, *BY_WEEK))
            return {table: rows(con, f"from {table}") for table in (*BY_TIME, *BY_WEEK)}

    now, later = numbers("now", one), numbers("later", one.shifted(by))

    for table in BY_TIME:
        assert sorted(map(str, moved(now[table], by))) == sorted(map(str, later[table])), table
    for table in BY_WEEK:
        assert sorted(map(str, moved(weekly(now[table]), by))) == sorted(
            map(str, weekly(later[table]))
        ), table


def moved(rows: Iterable[tuple[Any, ...]], by: timedelta) -> list[tuple[Any, ...]]:
    """Return rows with all their times later."""
    return [tuple(v + by if isinstance(v, date) else v for v in row) for row in rows]


def weekly(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows of weeks and of windows of weeks."""
    return [row for row in rows if {"week", "four_weeks", "twelve_weeks"} & {*map(str, row)}]
