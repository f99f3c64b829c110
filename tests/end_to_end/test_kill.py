"""Killing a real refresh, at any moment, loses nothing and shows nobody half of anything."""

import os
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines import publishing
from tests.end_to_end.conftest import (
    AS_OF,
    Inputs,
    contents,
    different,
    kill,
    refresh,
    run,
    run_here,
    start,
)

pytestmark = pytest.mark.kill

ALL = bool(os.environ.get("DRUMBEAT_TEST_ALL"))
DICE = random.Random(20)
MOMENTS = [DICE.random() for _ in range(20)]
PLACES = [
    "pipelines.landing.Landing.sweep",
    "pipelines.landing.Landing.write",
    "pipelines.landing.sync_folder",
    "pipelines.raw.merge",
    "pipelines.raw.note",
    "pipelines.settings.write",
    "pipelines.building.fill",
    "pipelines.publishing.copy",
    "pipelines.publishing.sync_folder",
    "pipelines.publishing.point",
    "pipelines.publishing.sweep",
    "pipelines.configuration.dump",
    "pipelines.reaching.write",
]
# The process that is killed by its own hand, the nth time that it comes to a place.
SUICIDE = """
import os, signal, sys
from importlib import import_module
place, nth = sys.argv.pop(1), int(sys.argv.pop(1))
words = place.split(".")
owner = import_module(".".join(words[:2]))
for word in words[2:-1]:
    owner = getattr(owner, word)
real, left = getattr(owner, words[-1]), [nth]
def dying(*args, **kwargs):
    left[0] -= 1
    if left[0] == 0:
        os.killpg(0, signal.SIGKILL)
    return real(*args, **kwargs)
setattr(owner, words[-1], dying)
from pipelines.command_line import main
main()
"""


def slow(values: list[Any], kept: list[int]) -> list[Any]:
    """Mark what a plain run leaves out."""
    return [
        value if place in kept else pytest.param(value, marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]


@dataclass(frozen=True)
class Known:
    """What never-killed runs made of both states, and how long a run takes."""

    inputs: Inputs
    data: Path
    first: dict[str, Any]
    second: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    folder = tmp_path_factory.mktemp("kill")
    inputs = Inputs(folder / "project")
    inputs.first()
    first = refresh(inputs.config, folder / "data")
    inputs.second()
    began = time.monotonic()
    made = run("refresh", *words(inputs, folder / "never"))
    seconds = time.monotonic() - began
    assert made.returncode == 0, made.stderr
    second = contents(publishing.current(folder / "never" / "serving"))
    assert different(first, second)
    return Known(inputs, folder / "data", first, second, seconds)


def words(inputs: Inputs, data: Path) -> list[str]:
    return ["--config", str(inputs.config), "--data-dir", str(data), "--as-of", AS_OF]


def killed(moment: float, command: str, known: Known, data: Path) -> None:
    """Start a command and kill it after a share of the time that it takes."""
    process = start(command, *words(known.inputs, data))
    time.sleep(moment * known.seconds * 1.1)
    kill(process)


def check(known: Known, data: Path, *allowed: dict[str, Any]) -> None:
    """Readers have a whole copy, and the next refresh is as if nothing had happened."""
    seen = contents(publishing.current(data / "serving"))
    assert [] in [different(one, seen) for one in allowed]
    assert different(refresh(known.inputs.config, data), known.second) == []
    assert leftovers(data) == []


def leftovers(data: Path) -> list[str]:
    """What a finished refresh should not leave behind."""
    partial = [path for path in data.rglob("*partial*") if "clones" not in path.parts]
    # What a killed rebuild left is removed by the next rebuild.
    return [path.name for path in partial if not path.name.startswith(".partial-warehouse")]


@pytest.fixture
def data(known: Known, tmp_path: Path) -> Path:
    """The data directory after the first state was refreshed."""
    shutil.copytree(known.data, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


@pytest.mark.parametrize("moment", slow(MOMENTS, [10]), ids="{:.3f}".format)
def test_a_refresh_killed_at_any_moment_costs_nothing(known, data, moment):
    killed(moment, "refresh", known, data)

    check(known, data, known.first, known.second)


@pytest.mark.parametrize("place", slow(PLACES, [3, 9]))
@pytest.mark.parametrize("nth", slow([1, 2], [0]))
def test_a_refresh_killed_between_any_two_steps_costs_nothing(known, data, place, nth):
    with start(place, str(nth), "refresh", *words(known.inputs, data), code=SUICIDE) as process:
        process.communicate(timeout=120)
    # A few places are passed once only.
    assert process.returncode == -9 or nth == 2

    check(known, data, known.first, known.second)


@pytest.mark.parametrize("moment", slow([0.5, 0.65, 0.8, 0.9], [2]))
def test_the_first_refresh_of_all_may_be_killed(known, tmp_path, moment):
    data = tmp_path / "data"
    killed(moment, "refresh", known, data)

    if (data / "serving" / "current.txt").exists():
        assert different(contents(publishing.current(data / "serving")), known.second) == []
    assert different(refresh(known.inputs.config, data), known.second) == []
    assert leftovers(data) == []


@pytest.mark.parametrize("moment", slow([0.4, 0.55, 0.7, 0.85], [1]))
def test_a_rebuild_may_be_killed(known, data, moment):
    killed(moment, "rebuild", known, data)

    # Rebuilding the first state shows no more than the first state.
    check(known, data, known.first)


@pytest.mark.slow
def test_killed_ten_times_in_a_row_it_still_arrives(known, data):
    for place in (PLACES[1], PLACES[3], PLACES[7]) if not ALL else PLACES[:10]:
        with start(place, "1", "refresh", *words(known.inputs, data), code=SUICIDE) as process:
            process.communicate(timeout=120)

    check(known, data, known.first, known.second)


def test_a_damaged_warehouse_is_told_with_its_remedy(known, data):
    file = data / "warehouse.duckdb"
    for content in (b"no database at all", file.read_bytes()[: file.stat().st_size // 2]):
        file.write_bytes(content)

        failed = run_here("refresh", *words(known.inputs, data))
        assert failed.returncode == 1
        assert str(file) in failed.stderr
        assert "`drumbeat rebuild`" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert not different(contents(publishing.current(data / "serving")), known.first)

    mended = run_here("rebuild", *words(known.inputs, data))
    assert mended.returncode == 0, mended.stderr
    check(known, data, known.second)


def test_a_damaged_landing_file_is_told_with_its_remedy(known, data):
    file = max((data / "landing" / "files" / "deployments").glob("*.parquet"))
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    for command in ("refresh", "rebuild"):
        failed = run_here(command, *words(known.inputs, data))
        assert failed.returncode == 1
        assert str(file) in failed.stderr
        assert "`drumbeat rebuild`" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert not different(contents(publishing.current(data / "serving")), known.first)

    # The remedy that the error names: away with it, and it is collected again.
    file.unlink()
    check(known, data, known.first)
