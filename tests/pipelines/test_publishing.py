"""Publishing: readers see a whole copy, the last one or the one before, at every moment."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines import publishing, warehouse
from pipelines.commenting import comments
from pipelines.errors import NothingPublished, Unreadable
from pipelines.settings_words import SUMMARIES
from pipelines.steps import steps

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
READER = """
import sys
from pathlib import Path
import duckdb
from pipelines.publishing import current

folder, stop, seen = Path(sys.argv[1]), Path(sys.argv[2]), []
print("ready", flush=True)
while not stop.exists():
    # As the dashboard does: a file that was swept in between means to read the pointer again.
    for attempt in range(3):
        path = current(folder)
        try:
            with duckdb.connect(str(path), read_only=True) as con:
                ((first, last),) = con.sql("select min(n), max(n) from marts.numbers").fetchall()
            break
        except duckdb.IOException:
            if path.exists() or attempt == 2:
                raise
    assert first == last, (first, last)
    if not seen or seen[-1] != first:
        seen.append(first)
print(*seen)
"""


@pytest.fixture
def con(tmp_path):
    with warehouse.opened(tmp_path / "warehouse.duckdb") as con:
        con.execute("create table raw.secret as select 'raw' as text")
        con.execute("create table staging.step as select 1 as n")
        con.execute("create table config.run as select 'it''s \"so\"' as told")
        con.execute("create table facts.deployments as select 1 as deployment_id, 2 as service")
        numbers(con, 0)
        yield con


def numbers(con, number):
    con.execute(f"create or replace table marts.numbers as select {number} as n from range(50000)")


def publish(con, folder, minutes=0):
    return publishing.publish(con, folder, NOON + timedelta(minutes=minutes))


def read(path):
    with warehouse.opened(path, read_only=True) as reader:
        return reader.sql("select count(n) + 0 * sum(n) from marts.numbers").fetchall()


def ask(path, query):
    with duckdb.connect(str(path), read_only=True) as reader:
        return reader.sql(query).fetchall()


def test_before_the_first_publication_the_error_says_what_to_do(tmp_path):
    with pytest.raises(NothingPublished, match="run `drumbeat refresh`, or `drumbeat demo`"):
        publishing.current(tmp_path)


@pytest.mark.parametrize("is_anew", [False, True])
def test_a_damaged_file_is_taken_over_by_none(con, tmp_path, is_anew):
    path = publish(con, tmp_path / "serving")
    path.write_bytes(b"garbage")
    with pytest.raises(Unreadable, match=rf"{path.name}.*\n`drumbeat refresh` makes a new one"):
        read(path)

    new = publishing.publish(con, tmp_path / "serving", NOON, is_anew=is_anew)

    assert read(new) == [(50000,)]


def test_a_damaged_block_goes_with_what_is_made_anew(con, tmp_path):
    path = publish(con, tmp_path / "serving")
    content = bytearray(path.read_bytes())
    for place in range(3 * 4096, len(content), 4096):
        content[place : place + 64] = b"x" * 64
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        read(path)

    assert read(publishing.publish(con, tmp_path / "serving", NOON, is_anew=True)) == [(50000,)]


def test_a_pointer_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(Unreadable, match=r"current\.txt can not be read; let whoever runs this"):
        publishing.current(tmp_path)


def test_a_pointer_to_a_file_that_is_gone_is_an_error_that_names_it(con, tmp_path):
    path = publish(con, tmp_path / "serving")
    path.unlink()

    with pytest.raises(NothingPublished, match=rf"{path.name} is gone; run `drumbeat rebuild`"):
        publishing.current(tmp_path / "serving")


def test_facts_marts_and_config_are_published_and_nothing_else(con, tmp_path):
    path = publish(con, tmp_path / "serving")

    found = ask(path, "select schema_name, table_name from duckdb_tables() order by all")
    kept = [("config", "published"), ("config", "run")]
    assert found == [*kept, ("facts", "deployments"), ("marts", "numbers")]
    layers = ask(path, "select schema_name from duckdb_schemas() where not internal order by all")
    assert {layer for (layer,) in layers} - {"main"} == {"config", "facts", "marts"}
    assert ask(path, "from config.run") == [('it\'s "so"',)]


def test_the_words_that_describe_tables_and_columns_are_published_too(con, tmp_path):
    path = publish(con, tmp_path / "serving")

    step = steps()["facts.deployments"]
    said = {column.name: column.comment for column in step.columns}
    assert ask(path, "select comment from duckdb_tables() where table_name = 'deployments'") == [
        (step.summary,)
    ]
    assert ask(path, "select comment from duckdb_columns() where column_name = 'service'") == [
        (said["service"],)
    ]
    assert ask(path, "select comment from duckdb_tables() where table_name = 'run'") == [
        (SUMMARIES["run"],)
    ]


def test_words_keep_their_quotation_marks(con):
    con.execute(comments("config.run", "It's whole.", {"told": 'Who\'s "it".'}))

    found = con.sql("select comment from duckdb_columns() where table_name = 'run'").fetchall()
    assert found == [('Who\'s "it".',)]


def test_the_pointer_and_the_link_name_the_newest_file(con, tmp_path):
    folder = tmp_path / "serving"
    for minutes in range(3):
        numbers(con, minutes)
        path = publish(con, folder, minutes)

        assert publishing.current(folder) == path
        assert (folder / "current.txt").read_text() == f"{path.name}\n"
        assert (folder / "current.duckdb").resolve() == path.resolve()
        assert ask(folder / "current.duckdb", "select max(n) from marts.numbers") == [(minutes,)]


def test_three_files_are_kept_and_nothing_half_written(con, tmp_path):
    folder = tmp_path / "serving"
    folder.mkdir()
    for name in (".partial-drumbeat-x.duckdb", ".partial-drumbeat-x.duckdb.wal"):
        (folder / name).write_bytes(b"half")
    kept = [publish(con, folder, minutes) for minutes in range(5)][-3:]

    assert sorted(folder.glob("drumbeat-*")) == kept
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(path.name for path in kept), "current.txt", "current.duckdb"]
    )


def test_only_what_holds_or_says_something_else_is_copied_again(con, tmp_path, monkeypatch):
    folder, copied, copy_table = tmp_path / "serving", [], publishing.copy_table

    def copy(con, table, columns):
        copied.append(table)
        copy_table(con, table, columns)

    def again(made_from, rows="select 0::int as n from range(50000)"):
        """Publish the numbers anew; tell whether they were copied."""
        con.execute(f"create or replace table marts.numbers as {rows}")
        warehouse.record(con, "marts.numbers", made_from)
        copied.clear()
        publish(con, folder, len(made_from))
        return "marts.numbers" in copied

    monkeypatch.setattr(publishing, "copy_table", copy)
    assert again("a")
    assert not again("of other inputs")
    assert again("of other rows", "select 1::int as n from range(50000)")
    assert again("with other types", "select 1::bigint as n from range(50000)")
    monkeypatch.setattr(publishing, "described", lambda name, *_: comments(name, "Other.", {}))
    assert again("with other words", "select 1::bigint as n from range(50000)")
    assert ask(publishing.current(folder), "select comment from duckdb_tables() "
               "where table_name = 'numbers'") == [("Other.",)]  # fmt: skip


def test_a_reader_with_the_old_file_open_keeps_reading_it(con, tmp_path):
    folder = tmp_path / "serving"
    with duckdb.connect(str(publish(con, folder)), read_only=True) as reader:
        for minutes in range(1, 6):
            numbers(con, minutes)
            publish(con, folder, minutes)
            assert reader.sql("select sum(n), count(*) from marts.numbers").fetchall() == [
                (0, 50000)
            ]
        assert ask(publishing.current(folder), "select max(n) from marts.numbers") == [(5,)]


def test_a_clock_that_was_set_back_does_not_sweep_the_file_just_published(con, tmp_path):
    folder = tmp_path / "serving"
    for minutes in (10, 11, 12, 12, 3, 2, 1, 0, 12, 13):
        numbers(con, minutes)
        path = publish(con, folder, minutes)

        assert publishing.current(folder) == path
        assert ask(path, "select max(n) from marts.numbers") == [(minutes,)]


def test_everything_is_on_disk_before_the_pointer_moves(con, tmp_path, monkeypatch):
    folder = tmp_path / "serving"
    publish(con, folder)
    told, real_sync, real_replace = [], os.fsync, Path.replace

    def sync(descriptor):
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        told.append(("fsync", name.split("-")[0] if "partial-d" not in name else "copy"))
        real_sync(descriptor)

    def replace(path, target):
        told.append(("rename", Path(target).name.split("-")[0]))
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    publish(con, folder, 1)

    assert told == [
        ("fsync", "copy"),
        ("rename", "drumbeat"),
        ("fsync", "serving"),
        ("fsync", ".partial"),
        ("rename", "current.txt"),
        ("fsync", "serving"),
        ("rename", "current.duckdb"),
        ("fsync", "serving"),
    ]


@pytest.mark.parametrize("broken", ["copy", "point"])
def test_a_publication_that_fails_leaves_the_last_one(con, tmp_path, monkeypatch, broken):
    folder = tmp_path / "serving"
    path = publish(con, folder)
    numbers(con, 1)

    def fail(*args):
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, broken, fail)
        with pytest.raises(OSError, match="no space left"):
            publish(con, folder, 1)

    assert publishing.current(folder) == path
    assert ask(path, "select max(n) from marts.numbers") == [(0,)]
    assert ask(publish(con, folder, 2), "select max(n) from marts.numbers") == [(1,)]


@pytest.mark.kill
def test_a_reader_never_sees_an_error_while_others_are_published(con, tmp_path):
    folder, stop = tmp_path / "serving", tmp_path / "stop"
    publish(con, folder)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(folder), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(publishing.__file__).parents[1],
    )
    try:
        assert reader.stdout.readline() == "ready\n"
        for minutes in range(1, 11):
            numbers(con, minutes)
            publish(con, folder, minutes)
    finally:
        stop.touch()
        out, error = reader.communicate(timeout=60)

    assert reader.returncode == 0, error
    seen = [int(number) for number in out.split()]
    assert seen == sorted(seen)
    assert seen[-1] == 10 or len(seen) > 1


def test_a_copy_for_older_clients_is_kept_only_while_it_is_asked_for(con, tmp_path):
    folder = tmp_path / "serving"
    path = publishing.publish(con, folder, NOON, older="v1.5.0")
    old = folder / "current-v1.5.0.duckdb"
    tags = "select tags from duckdb_databases() where database_name = current_database()"

    assert "v1.5.0" in str(ask(old, tags))
    assert ask(old, "select count(*) from marts.numbers") == [(50_000,)]
    assert ask(old, "select comment from duckdb_columns() where column_name = 'service'") == ask(
        path, "select comment from duckdb_columns() where column_name = 'service'"
    )

    numbers(con, 7)
    publishing.publish(con, folder, NOON + timedelta(minutes=1), older="v1.4.0")
    assert not old.exists()
    assert ask(folder / "current-v1.4.0.duckdb", "select max(n) from marts.numbers") == [(7,)]

    publish(con, folder, 2)
    assert sorted(folder.glob("current-*")) == []
