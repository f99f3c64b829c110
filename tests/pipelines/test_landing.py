"""The landing zone: whole files or none, durable before they are seen, cursors inside them."""

import json
import os
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import fsspec
import polars as pl
import pytest

from connectors import Batch, Record
from pipelines.errors import LandingDamaged
from pipelines.landing import Landing, LandingFile, rows, run_names, write_durably

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILE = LandingFile("shop", "tags", "20260302T120000000000-00001.parquet")


def frame(*names):
    made = rows(Batch("tags", "", [Record("tags", name, {"name": name}) for name in names]))
    return made.with_columns(
        scope=pl.lit(""),
        source=pl.lit("shop"),
        entity=pl.lit("tags"),
        fetched_at=pl.lit(NOON, dtype=pl.Datetime("us", "UTC")),
    )


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"))


@pytest.fixture
def calls(monkeypatch):
    """What is done to the disk, in order, while it is still being done."""
    told = []
    open_files = {}

    def record(owner, name, describe):
        real = getattr(owner, name)

        def doing(*args, **kwargs):
            told.append(describe(*args))
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, doing)

    real_open, real_os_open = Path.open, os.open

    def opening(path, mode="r", *args, **kwargs):
        opened = real_open(path, mode, *args, **kwargs)
        if "w" in mode:
            told.append(("write", path.name))
            open_files[opened.fileno()] = path.name
        return opened

    def os_opening(path, *args, **kwargs):
        descriptor = real_os_open(path, *args, **kwargs)
        open_files[descriptor] = f"{Path(os.fspath(path)).name}/"
        return descriptor

    monkeypatch.setattr(Path, "open", opening)
    monkeypatch.setattr(os, "open", os_opening)
    record(os, "fsync", lambda descriptor: ("fsync", open_files[descriptor]))
    record(Path, "replace", lambda path, target: ("rename", path.name, Path(target).name))
    record(Path, "mkdir", lambda path, *rest: ("mkdir", path.name))
    return told


def test_a_file_is_on_disk_before_it_is_seen_and_its_folder_after(landing, calls):
    Path(landing.folder, "shop", "tags").mkdir(parents=True)
    calls.clear()

    landing.write(FILE, frame("v1"), {})

    assert calls == [
        ("write", f".partial-{FILE.name}"),
        ("fsync", f".partial-{FILE.name}"),
        ("rename", f".partial-{FILE.name}", FILE.name),
        ("fsync", "tags/"),
    ]


def test_folders_that_had_to_be_made_are_on_disk_before_the_file(tmp_path, calls):
    write_durably(tmp_path / "landing" / "shop" / "v1", b"x")

    assert calls == [
        ("mkdir", "landing"),
        ("fsync", f"{tmp_path.name}/"),
        ("mkdir", "shop"),
        ("fsync", "landing/"),
        ("write", ".partial-v1"),
        ("fsync", ".partial-v1"),
        ("rename", ".partial-v1", "v1"),
        ("fsync", "shop/"),
    ]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_write_that_fails_half_way_leaves_nothing_to_see(landing, monkeypatch, broken):
    def fail(*args):
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(*((os, "fsync") if broken == "fsync" else (Path, "replace")), fail)
        with pytest.raises(OSError, match="no space left"):
            landing.write(FILE, frame("v1"), {"": 1})

    assert landing.files() == []
    assert landing.cursors("shop", "tags") == {}
    landing.write(FILE, frame("v1"), {"": 1})
    assert landing.files() == [FILE]


def test_what_a_killed_writer_left_is_ignored_and_swept(landing):
    landing.write(FILE, frame("v1"), {"": 1})
    folder = Path(landing.folder, "shop", "tags")
    partial = folder / ".partial-20260302T130000000000-00001.parquet"
    partial.write_bytes(b"PAR1 half of it")

    assert landing.files() == [FILE]
    assert landing.cursors("shop", "tags") == {"": 1}
    assert landing.latest("shop", "tags", [""])["record_id"].to_list() == ["v1"]

    landing.sweep()
    assert [path.name for path in folder.iterdir()] == [FILE.name]


def test_cursors_come_from_the_newest_file_of_their_entity_only(landing):
    later = LandingFile("shop", "tags", "20260303T120000000000-00001.parquet")
    other = LandingFile("shop", "heads", "20260304T120000000000-00001.parquet")
    landing.write(later, frame("v2"), {"a": {"page": 2}})
    landing.write(FILE, frame("v1"), {"a": {"page": 1}, "b": 7})
    landing.write(other, frame("main"), {"a": "other"})

    assert landing.cursors("shop", "tags") == {"a": {"page": 2}}
    assert landing.cursors("shop", "heads") == {"a": "other"}
    assert landing.cursors("shop", "commits") == {}
    assert landing.cursors("till", "tags") == {}


def test_the_cursor_goes_back_with_the_file_that_moved_it(landing):
    later = LandingFile("shop", "tags", "20260303T120000000000-00001.parquet")
    landing.write(FILE, frame("v1"), {"": 1})
    landing.write(later, frame("v2"), {"": 2})

    Path(landing.folder, later.path).unlink()

    assert landing.cursors("shop", "tags") == {"": 1}


def test_remembered_cursors_count_until_the_next_file(landing):
    landing.write(FILE, frame("v1"), {"": 1})
    landing.remember("shop", "tags", {"": 2})
    assert landing.cursors("shop", "tags") == {"": 2}

    later = LandingFile("shop", "tags", "20260303T120000000000-00001.parquet")
    landing.write(later, frame("v2"), {"": 3})
    assert landing.cursors("shop", "tags") == {"": 3}

    Path(landing.folder, later.path).unlink()
    assert landing.cursors("shop", "tags") == {"": 2}


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"after": ""}', "{}"])
def test_remembered_cursors_are_only_a_cache(landing, content):
    landing.write(FILE, frame("v1"), {"": 1})
    Path(landing.folder, "shop", "tags", "cursors.json").write_text(content)

    assert landing.cursors("shop", "tags") == {"": 1}


def test_names_sort_in_the_order_of_writing_even_when_the_clock_is_set_back(landing):
    written = []
    for hour in (12, 13, 12, 12, 11, 14):
        names = run_names(landing, "shop", NOON.replace(hour=hour))
        for name in islice(names, 2):
            landing.write(LandingFile("shop", "tags", name), frame(name), {"": name})
            written.append(name)

    assert [file.name for file in landing.files()] == written
    assert landing.cursors("shop", "tags") == {"": written[-1]}


def test_the_clock_of_one_source_is_none_of_anothers_business(landing):
    landing.write(FILE, frame("v1"), {})

    (name,) = islice(run_names(landing, "till", NOON.replace(hour=9)), 1)

    assert name == "20260302T090000000000-00001.parquet"


def test_a_folder_with_brackets_and_stars_in_its_name_is_a_landing_zone_like_any(tmp_path):
    landing = Landing(str(tmp_path / "a[1]*b" / "landing"))
    landing.write(FILE, frame("v1"), {"": 1})

    assert landing.files() == [FILE]
    assert landing.files("shop", "tags") == [FILE]
    assert landing.cursors("shop", "tags") == {"": 1}


def test_other_things_in_the_folder_are_left_alone(landing):
    landing.write(FILE, frame("v1"), {})
    for path in ("note.txt", "shop/README", "shop/tags/x.parquet.tmp", "shop/tags/deep/x.parquet"):
        target = Path(landing.folder, path)
        target.parent.mkdir(exist_ok=True)
        target.write_text("x")

    assert landing.files() == [FILE]


@pytest.mark.parametrize("kept", [0, 4, -1, -30])
def test_a_damaged_file_is_an_error_that_names_it_and_the_remedy(landing, kept):
    landing.write(FILE, frame("v1"), {"": 1})
    path = Path(landing.folder, FILE.path)
    path.write_bytes(path.read_bytes()[:kept])

    for ask in (
        lambda: landing.cursors("shop", "tags"),
        lambda: landing.latest("shop", "tags", [""]),
        lambda: landing.check([FILE]),
    ):
        with pytest.raises(LandingDamaged) as error:
            ask()
        assert str(path) in str(error.value)
        assert "`drumbeat rebuild`" in str(error.value)


def test_the_latest_version_is_the_one_fetched_last(landing):
    at = NOON.replace
    for place, (hour, name) in enumerate([(12, "a"), (14, "b"), (13, "c")]):
        made = frame("v1").with_columns(
            payload=pl.lit(json.dumps({"name": name})),
            fetched_at=pl.lit(at(hour=hour), dtype=pl.Datetime("us", "UTC")),
        )
        landing.write(LandingFile("shop", "tags", f"{place}-1.parquet"), made, {})

    assert landing.latest("shop", "tags", [""])["digest"].to_list() == ['{"name": "b"}']
    assert landing.latest("shop", "tags", ["elsewhere"]).is_empty()


def test_a_zone_in_memory_reads_as_one_on_disk(tmp_path, request):
    root = f"memory://{request.node.name}"
    request.addfinalizer(lambda: fsspec.filesystem("memory").rm(f"/{request.node.name}", True))
    for landing in (Landing(root), Landing(str(tmp_path))):
        landing.write(FILE, frame("v1", "v2"), {"": 1})
        landing.remember("shop", "heads", {"": 5})
        landing.sweep()

        assert landing.files() == [FILE]
        assert landing.cursors("shop", "tags") == {"": 1}
        assert landing.cursors("shop", "heads") == {"": 5}
        found = landing.latest("shop", "tags", [""])
        assert sorted(found["record_id"]) == ["v1", "v2"]
