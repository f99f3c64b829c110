"""What git can answer, against a slow reference that shares no code with the SQL."""

import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests import support
from tests.cases import building

ZONE = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 4, 10, 12, tzinfo=UTC)
START = datetime(2026, 3, 20, 6, tzinfo=UTC)
SEEDS = range(60 if os.environ.get("DRUMBEAT_TEST_ALL") else 8)
PATHS = {
    "src/a.py": "code", "src/b.py": "code", "m/1.up.sql": "migration", "m/2.up.sql": "migration",
    "proto/a.proto": "message", "k8s/a.yaml": "topology", ".gitlab-ci.yml": "pipeline",
    "tests/test_a.py": "", "README.md": "",
}  # fmt: skip
KINDS = {
    "add_column": "expand", "add_index": "expand", "drop_column": "contract", "update": "data",
    "unread": "unread",
}  # fmt: skip
FLAGS = {
    "has_migration": "migration", "has_message_schema": "message",
    "has_topology_change": "topology", "has_pipeline_change": "pipeline", "has_other_code": "code",
}  # fmt: skip


class Drawn:
    """A random repository: a graph with merges, what commits touch, and deployments of it."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(f"architecture/{seed}")
        self.parents: list[list[int]] = [[]]
        self.paths: list[list[str] | None] = [["src/a.py"]]
        self.operations: dict[tuple[int, str], tuple[str, str]] = {}
        for number in range(1, draw.randint(3, 14)):
            count = 2 if number > 2 and draw.random() < 0.25 else 1
            self.parents.append(draw.sample(range(number), count))
            drawn = draw.sample(sorted(PATHS), draw.randint(1, 3))
            self.paths.append(None if draw.random() < 0.1 else drawn)
            for path in drawn:
                if path.startswith("m/") and self.paths[-1]:
                    names = draw.choices(sorted(KINDS), k=draw.randint(1, 3))
                    down = draw.choice(("true", "false"))
                    self.operations[number, path] = (" ".join(names), down)
        last = len(self.parents)
        tips = [draw.randrange(last) for _ in range(draw.randint(1, 6))]
        minutes = sorted(draw.sample(range(30_000), len(tips)))
        self.deployed = [
            (f"d{place}", tip, START + timedelta(minutes=minute))
            for place, (tip, minute) in enumerate(zip(tips, minutes, strict=True))
        ]

    def tables(self) -> dict[str, list[dict]]:
        """Return the neutral tables."""
        commits = [
            {
                "repository": "shop", "sha": sha(number), "authored_at": START,
                "parents": " ".join(map(sha, parents)),
                "paths": None if paths is None else ";".join(paths),
            }
            for number, (parents, paths) in enumerate(zip(self.parents, self.paths, strict=True))
        ]  # fmt: skip
        files = [
            {
                "repository": "shop", "sha": sha(number), "path": path, "operations": names,
                "has_down": down,
            }
            for (number, path), (names, down) in self.operations.items()
        ]  # fmt: skip
        deployments = [
            {
                "deployment_id": name, "service": "shop", "repository": "shop", "sha": sha(tip),
                "finished_at": at,
            }
            for name, tip, at in self.deployed
        ]  # fmt: skip
        return {"commits": commits, "changed_files": files, "deployments": deployments}

    def reach(self, tip: int) -> set[int]:
        """Return a commit and its ancestors."""
        return {tip}.union(*(self.reach(parent) for parent in self.parents[tip]))

    def brought(self) -> Iterator[tuple[str, set[int] | None]]:
        """Yield each deployment and what it was the first to bring, null before history."""
        seen: set[int] = set()
        for place, (name, tip, _) in enumerate(self.deployed):
            new = {one for one in self.reach(tip) - seen if len(self.parents[one]) < 2}
            seen |= self.reach(tip)
            yield name, new if place else None


def sha(number: int) -> str:
    return f"{number:040x}"


def flag(paths: list[list[str] | None], topic: str) -> bool | None:
    """Return whether any has the topic; null where some are unknown and no other has it."""
    if any(found and any(PATHS[path] == topic for path in found) for found in paths):
        return True
    return None if None in paths else False


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with building.warehouse() as con:
        yield con


def built(con, folder, tables, wanted, **settings):
    support.write(folder, **tables)
    found = support.project(folder, services=[{"name": "shop", "repository": "shop"}], **settings)
    building.make(con, folder, found.configuration, AS_OF, wanted)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_deployments_bring_is_what_their_commits_touch(seed, warehouse, tmp_path):
    drawn = Drawn(seed)
    tables = ["facts.deployment_paths", "facts.migrations"]
    built(warehouse, tmp_path, drawn.tables(), tables)

    columns = ", ".join(FLAGS)
    found = warehouse.sql(
        f"select deployment_id, commit_count, {columns} from facts.deployment_paths order by 1"
    ).fetchall()
    expected = []
    for name, new in drawn.brought():
        if new is None:
            expected.append((name, None, *[None] * len(FLAGS)))
            continue
        paths = [drawn.paths[one] for one in new]
        expected.append((name, len(new), *(flag(paths, topic) for topic in FLAGS.values())))
    assert found == expected

    migrations = warehouse.sql(
        "select commit_sha, path, kind, is_irreversible, deployment_id from facts.migrations "
        "where deployment_id is not null order by all"
    ).fetchall()
    assert migrations == sorted(told(drawn))


def told(drawn: Drawn) -> Iterator[tuple]:
    """Yield the migrations that any deployment brought."""
    owners = {}
    seen: set[int] = set()
    for name, tip, _ in drawn.deployed:
        owners |= {one: name for one in drawn.reach(tip) - seen}
        seen |= drawn.reach(tip)
    for (number, path), (names, down) in drawn.operations.items():
        if number in owners and len(drawn.parents[number]) < 2:
            kinds = [KINDS[name] for name in names.split()]
            kind = next(one for one in ("contract", "unread", "data", "expand") if one in kinds)
            lost, needs = "drop_column" in names, "update" in names
            is_lost: bool | None = lost or (needs and down == "false")
            if not is_lost and "unread" in names:
                is_lost = None
            yield sha(number), path, kind, is_lost, owners[number]


@pytest.mark.parametrize("seed", SEEDS)
def test_other_schedules_are_replayed_minute_by_minute(seed, warehouse, tmp_path):
    draw = random.Random(f"schedules/{seed}")
    merges = []
    for number in range(draw.randint(1, 12)):
        # On a grid of half hours, so that 16:00 sharp is drawn too; summer time begins within.
        merged = START + timedelta(minutes=30 * draw.randrange(800))
        merges.append((f"c{number}", merged - timedelta(minutes=draw.randint(0, 3000)), merged))
    changes = [
        {"change_id": name, "service": "shop", "first_commit_at": first, "merged_at": merged}
        for name, first, merged in merges
    ]
    built(
        warehouse, tmp_path, {"changes": changes}, ["marts.architecture_schedules"],
        calendar={"time_zone": "Europe/Berlin", "country": "DE"},
    )  # fmt: skip

    found = warehouse.sql(
        "select schedule, deployment_count, median_lead_hours, largest_change_count "
        "from marts.architecture_schedules order by schedule"
    ).fetchall()

    ways = {"daily": range(5), "on_merge": None, "tuesday_thursday": (1, 3)}
    for (schedule, count, lead, largest), (name, days) in zip(found, ways.items(), strict=True):
        left = [merged if days is None else slot(merged, days) for _, _, merged in merges]
        leads = [
            (at - first).total_seconds() / 3600
            for at, (_, first, _) in zip(left, merges, strict=True)
        ]
        batches = [left.count(at) for at in set(left)]
        assert (schedule, count, largest) == (name, len(batches), max(batches))
        assert lead == pytest.approx(median(leads))


# Good Friday and Easter Monday.
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6)}


def slot(merged, days):
    """Walk minute by minute to the next 16:00 on one of the days."""
    at = merged
    while True:
        local = at.astimezone(ZONE)
        is_day = local.weekday() in days and local.date() not in HOLIDAYS
        if is_day and (local.hour, local.minute) == (16, 0):
            return at
        at += timedelta(minutes=1)
