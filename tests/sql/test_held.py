"""What must not change a number: running again, the order of rows, the machine, time going by."""

import os
import pickle
import random
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines import refreshing
from pipelines.project import Project
from pipelines.settings import Run
from tests.reference.generator import pack
from tests.reference.organisation import Organisation
from tests.support import (
    Silent,
    changed,
    contents,
    organisation,
    project,
    published,
    refresh,
    write,
)

SEEDS = range(900, 920) if os.environ.get("DRUMBEAT_TEST_ALL") else range(900, 901)
PACKED = 5
# When something was collected, and how much of it there is, is no matter of event time.
ABOUT_COLLECTING = ("facts.cut", "marts.sources")

Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Held:
    """A random organisation, where it was built, and what came of it."""

    seed: int
    organisation: Organisation
    project: Project
    everything: Tables

    @property
    def tables(self) -> Tables:
        """What came of it but for what is about collecting."""
        return {
            name: rows for name, rows in self.everything.items() if name not in ABOUT_COLLECTING
        }


@pytest.fixture(scope="module", params=SEEDS)
def first(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    one = pack(request.param, PACKED)
    folder = tmp_path_factory.mktemp("held")
    with organisation(folder, as_of=one.as_of, **one.tables, **one.settings()) as con:
        everything = contents(con)
    return Held(request.param, one, project(folder, **one.settings()), everything)


def held(folder: Path, one: Organisation) -> Tables:
    with organisation(folder, as_of=one.as_of, **one.tables, **one.settings()) as con:
        return contents(con, *ABOUT_COLLECTING)


def test_a_second_refresh_changes_nothing_and_makes_nothing_again(first):
    again = refresh(first.project, first.organisation.as_of)

    with published(first.project) as con:
        assert changed(first.everything, contents(con)) == {}
    assert [built.table for built in again.built if built.is_new] == []


def test_a_rebuild_from_landing_equals_the_run_that_collected(first):
    as_of = first.organisation.as_of

    refreshing.rebuild(first.project, Run(as_of, as_of), Silent(is_terminal=False))

    with published(first.project) as con:
        assert changed(first.everything, contents(con)) == {}


def test_a_run_as_of_a_moment_equals_a_run_on_what_was_there_by_then(tmp_path, first):
    one = first.organisation
    early = replace(one, as_of=one.as_of - timedelta(days=9, hours=5))

    whole, cut = held(tmp_path / "whole", early), held(tmp_path / "cut", early.truncated())

    assert changed(whole, cut) == {}


def test_the_order_of_rows_and_two_collections_instead_of_one_change_nothing(tmp_path, first):
    one, dice = first.organisation, random.Random(1)
    shuffled = {name: dice.sample(rows, len(rows)) for name, rows in one.tables.items()}
    found = project(tmp_path, **one.settings())
    write(tmp_path / "files", **{n: rows[: len(rows) // 2] for n, rows in shuffled.items()})
    refresh(found, one.as_of)
    write(tmp_path / "files", **shuffled)

    refresh(found, one.as_of)

    with published(found) as con:
        assert changed(first.tables, contents(con, *ABOUT_COLLECTING)) == {}


def test_unrelated_services_change_only_what_pools_them(tmp_path, first):
    one = first.organisation
    other = replace(pack(7_700, 2), zone=one.zone, as_of=one.as_of)

    together = held(tmp_path, one + other)

    for table in set(first.tables) - {"facts.period_days"}:
        assert own(together[table]) == own(first.tables[table]), table


def own(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows that neither name the strangers nor pool everybody."""
    return [
        row
        for row in rows
        if not any(
            text == "organisation" or text.lower().startswith("s7700")
            for text in row
            if isinstance(text, str)
        )
        and not (STRANGE_SHAS & {text for text in row if isinstance(text, str)})
    ]


STRANGE_SHAS = {row["sha"] for row in pack(7_700, 2).tables["commits"]}


def test_another_time_zone_of_the_machine_changes_nothing(tmp_path, first):
    code = (
        "import pickle, sys; from pathlib import Path\n"
        "from tests.reference.generator import pack; from tests.sql.test_held import held\n"
        "folder, seed, count = sys.argv[1:]\n"
        "found = held(Path(folder), pack(int(seed), int(count)))\n"
        "sys.stdout.buffer.write(pickle.dumps(found))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(first.seed), str(PACKED)],
        env={**os.environ, "TZ": "Pacific/Auckland", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )

    assert changed(first.tables, pickle.loads(said.stdout)) == {}


def test_all_that_happens_weeks_later_is_as_it_was(tmp_path, first):
    one, by = replace(first.organisation, zone="UTC"), timedelta(weeks=12)

    now, later = held(tmp_path / "now", one), held(tmp_path / "later", one.shifted(by))

    # Months are no whole number of weeks; services and teams have days of their own.
    for table in (
        "facts.rollouts", "facts.deployments", "facts.changes", "facts.deployment_changes",
        "facts.incidents", "facts.deployment_incidents", "facts.failed_deployments",
        "facts.remedies", "facts.spells", "marts.waiting_changes",
    ):  # fmt: skip
        moved = [
            tuple(value + by if isinstance(value, date) else value for value in row)
            for row in now[table]
        ]
        assert sorted(moved, key=str) == sorted(later[table], key=str), table
    weekly = [row for row in now["marts.metrics"] if row[3].endswith(("week", "weeks"))]
    moved = [tuple(v + by if isinstance(v, date) else v for v in row) for row in weekly]
    assert sorted(moved, key=str) == sorted(
        (row for row in later["marts.metrics"] if row[3].endswith(("week", "weeks"))), key=str
    )
