"""Raw: the latest version of each record, however the versions arrived."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import duckdb
import fsspec
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import raw, warehouse
from pipelines.errors import LandingDamaged
from pipelines.landing import Landing, LandingFile

EXAMPLES = 60 if os.environ.get("DRUMBEAT_TEST_ALL") else 20
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KINDS = {"shop": "git", "till": "git"}
TAGS = ("git__tags",)
COLUMNS = ("source", "scope", "record_id", "updated_at", "fetched_at", "is_deleted", "payload")
SCHEMA = {
    "scope": pl.String,
    "record_id": pl.String,
    "updated_at": pl.Datetime("us", "UTC"),
    "fetched_at": pl.Datetime("us", "UTC"),
    "is_deleted": pl.Boolean,
    "payload": pl.String,
}


def version(record_id, fetched, payload="{}", *, scope="", updated=None, deleted=False):
    return {
        "scope": scope,
        "record_id": record_id,
        "updated_at": None if updated is None else NOON + timedelta(minutes=updated),
        "fetched_at": NOON + timedelta(minutes=fetched),
        "is_deleted": deleted,
        "payload": None if deleted else payload,
    }


def land(landing, number, versions, source="shop", entity="tags"):
    frame = pl.DataFrame(versions, schema=SCHEMA).with_columns(
        source=pl.lit(source), entity=pl.lit(entity)
    )
    landing.write(LandingFile(source, entity, f"{number:05d}-00001.parquet"), frame, {})


@contextmanager
def opened(path=":memory:") -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.opened(path) as con:
        yield con


def held(con, table="git__tags"):
    return sorted(con.sql(f"select {', '.join(COLUMNS)} from raw.{table}").fetchall(), key=repr)


def folded(landings):
    """The latest versions, by a loop: (fetched_at, updated_at, hash of the payload) decide."""
    latest = {}
    for source, versions in landings:
        for one in versions:
            key = source, one["scope"], one["record_id"]
            order = (
                one["fetched_at"],
                (one["updated_at"] is not None, one["updated_at"] or NOON),
                hashlib.md5(one["payload"].encode()).hexdigest() if one["payload"] else "",
            )
            if key not in latest or order > latest[key][0]:
                latest[key] = order, {"source": source, **one}
    return sorted((tuple(one[name] for name in COLUMNS) for _, one in latest.values()), key=repr)


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"))


VERSIONS = st.lists(
    st.builds(
        version,
        st.sampled_from("abc"),
        st.integers(0, 3),
        st.sampled_from(["{}", '{"a":1}', '{"a":2}']),
        scope=st.sampled_from(["", "x"]),
        updated=st.sampled_from([None, 0, 1]),
        deleted=st.booleans(),
    ),
    max_size=6,
)
RUNS = st.lists(
    st.tuples(st.sampled_from(["shop", "till"]), VERSIONS, st.booleans()), min_size=1, max_size=5
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(runs=RUNS, known=st.integers(-1, 4), warm=st.booleans())
def test_merging_in_any_steps_is_the_defining_query_is_a_loop(runs, known, warm):
    """Whatever arrives in whatever runs: merged bit by bit, asked at once, folded by hand."""
    folder = tempfile.mkdtemp()
    try:
        landing = Landing(folder)
        with opened() as con:
            for number, (source, versions, merges) in enumerate(runs):
                land(landing, number, versions, source)
                if merges:
                    raw.merge(con, landing, KINDS, tables=TAGS)
            raw.merge(con, landing, KINDS, tables=TAGS)
            merged = held(con)
            every = f"select * from read_parquet('{folder}/*/*/*.parquet')"
            defined = con.sql(
                f"select {', '.join(COLUMNS)} from ({raw.latest(every, 'git__tags')})"
            ).fetchall()
            assert merged == sorted(defined, key=repr)
            assert merged == folded((source, versions) for source, versions, _ in runs)

            known_at = NOON + timedelta(minutes=known)
            seen = [
                (source, [one for one in versions if one["fetched_at"] <= known_at])
                for source, versions, _ in runs
            ]
            if not warm:
                con.execute("drop table raw.git__tags; drop table raw.landed_files")
            raw.merge(con, landing, KINDS, known_at, TAGS)
            assert held(con) == folded(seen)
            raw.merge(con, landing, KINDS, tables=TAGS)
            assert held(con) == merged
    finally:
        shutil.rmtree(folder)


def test_what_was_merged_is_written_down_and_not_merged_again(landing, tmp_path):
    land(landing, 1, [version("v1", 0)])
    with opened() as con:
        raw.merge(con, landing, KINDS, tables=TAGS)
        assert con.sql("from raw.landed_files").fetchall() == [
            ("git__tags", "shop/tags/00001-00001.parquet", "")
        ]
        # Nothing asks for a file that is merged: it could as well be unreadable.
        path = Path(landing.folder, landing.files()[0].path)
        path.write_bytes(b"x")
        raw.merge(con, landing, KINDS, tables=TAGS)
        assert len(held(con)) == 1


def test_a_source_taken_out_of_the_configuration_loses_its_rows_and_keeps_its_landing(landing):
    land(landing, 1, [version("v1", 0)], "shop")
    land(landing, 1, [version("v1", 0)], "till")
    with opened() as con:
        raw.merge(con, landing, KINDS, tables=TAGS)
        raw.merge(con, landing, {"till": "git"}, tables=TAGS)
        assert [row[0] for row in held(con)] == ["till"]
        assert len(landing.files()) == 2

        raw.merge(con, landing, KINDS, tables=TAGS)
        assert [row[0] for row in held(con)] == ["shop", "till"]


def test_a_landing_file_that_was_taken_away_takes_its_versions_along(landing):
    land(landing, 1, [version("v1", 0, '{"a":1}')])
    land(landing, 2, [version("v1", 1, '{"a":2}'), version("v2", 1)])
    with opened() as con:
        raw.merge(con, landing, KINDS, tables=TAGS)
        Path(landing.folder, landing.files()[-1].path).unlink()
        raw.merge(con, landing, KINDS, tables=TAGS)

        assert [row[-1] for row in held(con)] == ['{"a":1}']


def test_a_warehouse_may_be_killed_between_any_two_statements_of_a_merge(landing, tmp_path):
    """The rows and the list of what was merged are one transaction: never one without the other."""
    land(landing, 1, [version("v1", 0, '{"a":1}')])
    with opened(tmp_path / "w.duckdb") as con:
        raw.merge(con, landing, KINDS, tables=TAGS)
    land(landing, 2, [version("v1", 1, '{"a":2}'), version("v2", 1)])

    for last in count():
        shutil.copy(tmp_path / "w.duckdb", tmp_path / "copy.duckdb")
        was_cut = cut(landing, tmp_path / "copy.duckdb", last)
        with opened(tmp_path / "copy.duckdb") as con:
            files = con.sql("select count(*) from raw.landed_files").fetchall()[0][0]
            assert len(held(con)) == files
            raw.merge(con, landing, KINDS, tables=TAGS)
            assert [row[-1] for row in held(con)] == ['{"a":2}', "{}"]
        (tmp_path / "copy.duckdb").unlink()
        if not was_cut:
            break
    assert last > 5


class CutError(Exception):
    """Stands for the kill."""


class Cut:
    """A connection that does so many statements and then no more."""

    def __init__(self, con, left):
        self.con, self.left = con, left

    def __getattr__(self, name):
        def doing(*args, **kwargs):
            if self.left == 0:
                raise CutError
            self.left -= 1
            return getattr(self.con, name)(*args, **kwargs)

        return doing


def cut(landing, path, statements):
    with opened(path) as con:
        try:
            raw.merge(Cut(con, statements), landing, KINDS, tables=TAGS)
        except CutError:
            return True
    return False


def test_a_damaged_landing_file_is_an_error_that_names_it_and_the_remedy(landing):
    land(landing, 1, [version("v1", 0)])
    land(landing, 2, [version("v1", 1)])
    path = Path(landing.folder, landing.files()[0].path)
    path.write_bytes(path.read_bytes()[:-30])

    with opened() as con, pytest.raises(LandingDamaged) as error:
        raw.merge(con, landing, KINDS, tables=TAGS)

    assert str(path) in str(error.value)
    assert "`drumbeat rebuild`" in str(error.value)


def test_a_zone_in_memory_and_one_with_brackets_in_its_name_are_merged_like_any(tmp_path, request):
    name = request.node.name
    request.addfinalizer(lambda: fsspec.filesystem("memory").rm(f"/{name}", True))
    for root in (f"memory://{name}", str(tmp_path / "a[1]*b")):
        landing = Landing(root)
        land(landing, 1, [version("v1", 0, '{"a":1}')])
        with opened() as con:
            raw.merge(con, landing, KINDS, tables=TAGS)
            land(landing, 2, [version("v1", 1, '{"a":2}')])
            raw.merge(con, landing, KINDS, tables=TAGS)
            assert [row[-1] for row in held(con)] == ['{"a":2}']


def test_the_demo_and_files_share_their_tables():
    assert raw.table_of("demo", "deployments") == raw.table_of("files", "deployments")
    assert raw.table_of("git", "tags") == "git__tags"
