"""What must not change a number: running again, the order of rows, the machine, time going by."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import refreshing
from pipelines.settings import Run
from tests.reference.generator import pack
from tests.reference.organisation import Organisation
from tests.support import Silent, changed, contents, organisation, project, published, refresh, write

SEEDS = range(12) if os.environ.get("DRUMBEAT_TEST_ALL") else range(2)
# When something was collected, and how much of it there is, is no matter of event time.
ABOUT_COLLECTING = ("facts.cut", "marts.sources")


def held(folder: Path, one: Organisation) -> dict[str, list[tuple[object, ...]]]:
    with organisation(folder, as_of=one.as_of, **one.tables, **one.settings()) as con:
        return contents(con, *ABOUT_COLLECTING)


@pytest.fixture(params=SEEDS)
def one(request: pytest.FixtureRequest) -> Organisation:
    return pack(900 + request.param, 4)


def test_a_second_refresh_and_a_rebuild_change_nothing(tmp_path, one):
    write(tmp_path / "files", **one.tables)
    found = project(tmp_path, **one.settings())
    refresh(found, one.as_of)
    with published(found) as con:
        first = contents(con)
    again = refresh(found, one.as_of)
    with published(found) as con:
        assert changed(first, contents(con)) == {}
    assert not [built.table for built in again.built if built.is_new]

    refreshing.rebuild(found, Run(one.as_of, one.as_of), Silent(is_terminal=False))

    with published(found) as con:
        assert changed(first, contents(con)) == {}


def test_a_run_as_of_a_moment_equals_a_run_on_what_was_there_by_then(tmp_path, one):
    early = replace(one, as_of=one.as_of - timedelta(days=9, hours=5))

    whole, cut = held(tmp_path / "whole", early), held(tmp_path / "cut", early.truncated())

    assert changed(whole, cut) == {}


def test_the_order_of_rows_and_two_collections_instead_of_one_change_nothing(tmp_path, one):
    expected = held(tmp_path / "one", one)
    dice = random.Random(1)
    shuffled = {name: dice.sample(rows, len(rows)) for name, rows in one.tables.items()}
    halves = {name: rows[: len(rows) // 2] for name, rows in shuffled.items()}
    found = project(tmp_path / "two", **one.settings())
    write(tmp_path / "two" / "files", **halves)
    refresh(found, one.as_of)
    write(tmp_path / "two" / "files", **shuffled)

    refresh(found, one.as_of)

    with published(found) as con:
        assert changed(expected, contents(con, *ABOUT_COLLECTING)) == {}


def test_an_unrelated_service_changes_only_what_pools_it(tmp_path, one):
    other = replace(pack(7_700, 1), zone=one.zone, as_of=one.as_of)
    strangers = {service.name for service in other.services} | {
        team for service in other.services for team, _ in service.teams
    }

    alone, together = held(tmp_path / "alone", one), held(tmp_path / "together", one + other)

    pooled = {"organisation", *strangers}
    ids = {
        row[key]
        for rows in other.tables.values()
        for row in rows
        for key in ("deployment_id", "change_id", "incident_id", "sha", "repository")
        if row.get(key)
    }
    ids |= {sha.lower() for sha in ids}

    def own(rows):
        return [row for row in rows if not (pooled | ids) & {v for v in row if isinstance(v, str)}]

    skipped = ("facts.period_days", "facts.services", "facts.scopes")
    for table in set(alone) - set(skipped):
        assert own(together[table]) == own(alone[table]), table


def test_another_time_zone_of_the_machine_changes_nothing(tmp_path, one):
    expected = held(tmp_path / "here", one)
    code = (
        "import pickle, sys; from pathlib import Path\n"
        "from tests.sql import test_held; from tests.reference.generator import pack\n"
        "folder, seed = Path(sys.argv[1]), int(sys.argv[2])\n"
        "sys.stdout.buffer.write(pickle.dumps(test_held.held(folder, pack(seed, 4))))\n"
    )
    seed = next(900 + seed for seed in SEEDS if pack(900 + seed, 4) == one)

    import pickle

    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "there"), str(seed)],
        env={**os.environ, "TZ": "Pacific/Auckland", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )

    assert changed(expected, pickle.loads(said.stdout)) == {}


def test_all_that_happens_weeks_later_is_as_it_was(tmp_path, one):
    utc = replace(one, zone="UTC")
    by = timedelta(weeks=12)

    now, later = held(tmp_path / "now", utc), held(tmp_path / "later", utc.shifted(by))

    def moved(rows):
        return sorted((tuple(v + by if hasattr(v, "year") else v for v in row) for row in rows), key=str)

    for table in ("facts.rollouts", "facts.deployment_changes", "facts.deployment_incidents",
                  "facts.failed_deployments", "facts.remedies", "facts.changes"):  # fmt: skip
        assert moved(now[table]) == sorted(later[table], key=str), table


