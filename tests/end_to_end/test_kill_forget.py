"""Killing `drumbeat forget`, at any moment, leaves whole files; what comes next finishes it."""

import os
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import forgetting, publishing
from tests.end_to_end.conftest import kill, run, start
from tests.end_to_end.test_kill import SUICIDE
from tests.pipelines.keeping import AS_OF, NAME, numbers, organisation, organised, standing
from tests.support import refresh

pytestmark = pytest.mark.kill

ALL = bool(os.environ.get("DRUMBEAT_TEST_ALL"))
DICE = random.Random(5)
MOMENTS = [DICE.uniform(0.3, 1.1) for _ in range(12)]
PLACES = [
    ("pipelines.landing.Landing.write", 2),
    ("pipelines.forgetting.strike_out", 1),
    ("pipelines.forgetting.begin", 1),
    ("pipelines.landing.Landing.write", 1),
    ("pipelines.landing.Landing.write", 3),
    ("pipelines.landing.Landing.put", 1),
    ("pipelines.forgetting.clear_clones", 1),
    ("pipelines.forgetting.log", 1),
    ("pipelines.raw.merge", 1),
    ("pipelines.publishing.copy", 1),
    ("pipelines.publishing.point", 1),
    ("pipelines.publishing.sweep", 1),
    ("pipelines.refreshing.remove", 2),
][: None if ALL else 1]


@dataclass(frozen=True)
class Known:
    """An organisation and its numbers."""

    folder: Path
    numbers: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill-forget")
    found = organisation(folder)
    return Known(folder, numbers(found))


@pytest.fixture(scope="module")
def seconds(known, tmp_path_factory):
    """How long it takes to forget."""
    folder = tmp_path_factory.mktemp("timed")
    shutil.copytree(known.folder, folder, symlinks=True, dirs_exist_ok=True)
    began = time.monotonic()
    made = run(*words(folder / "data"))
    assert made.returncode == 0, made.stderr
    assert NAME not in made.stderr
    return time.monotonic() - began


@pytest.fixture
def folder(known, tmp_path):
    shutil.copytree(known.folder / "files", tmp_path / "files")
    shutil.copytree(known.folder / "data", tmp_path / "data", symlinks=True)
    return tmp_path


def words(data):
    return ["forget", "--author", NAME, "--data-dir", str(data)]


def check(known, folder, *, by_itself):
    """Readers have a whole copy meanwhile; then nothing of the name is left and all numbers."""
    found = organised(folder)
    assert publishing.current(found.serving).is_file()
    if not by_itself or not forgetting.pending(found):
        made = run(*words(found.data_dir))
        assert made.returncode == 0, made.stderr
    refresh(found, AS_OF)

    # The configuration that is kept with the data is not what is forgotten.
    assert standing(found.data_dir, NAME) == []
    assert numbers(found) == known.numbers
    assert list(found.data_dir.rglob(".partial-[!w]*")) == []
    assert forgetting.pending(found) is None


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS, ids="{:.3f}".format)
def test_killed_at_any_moment_a_second_run_finishes(known, seconds, folder, moment):
    process = start(*words(folder / "data"))
    time.sleep(moment * seconds)
    kill(process)

    check(known, folder, by_itself=False)


@pytest.mark.parametrize(("place", "nth"), PLACES)
@pytest.mark.parametrize("by_itself", [True, False] if ALL else [True])
def test_killed_between_any_two_steps_a_refresh_finishes(known, folder, place, nth, by_itself):
    with start(place, str(nth), *words(folder / "data"), code=SUICIDE) as process:
        process.communicate(timeout=120)
    assert process.returncode == -9

    check(known, folder, by_itself=by_itself)
