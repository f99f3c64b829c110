"""Collecting: what is landed, what is not landed again, what vanished, and when cursors move."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest

from connectors import Batch, Failure, Record, SourceUnavailable
from connectors.files import Files
from pipelines import collecting
from pipelines.collecting import Collection
from pipelines.landing import Landing, run_names

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Told:
    """A connector that yields the batches it was given, and remembers what it was asked."""

    entities: ClassVar[tuple[str, ...]] = ("tags",)
    batches: list[Any]
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def collect(self, entity: str, cursors: Mapping[str, Any]) -> Iterator[Batch]:
        self.asked.append(cursors)
        for batch in self.batches:
            if isinstance(batch, Exception):
                raise batch
            yield batch


def tags(scope="", *, cursor=None, whole=False, **names):
    records = [Record("tags", name, {"sha": sha}) for name, sha in names.items()]
    return Batch("tags", scope, records, cursor, whole)


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"))


def collect(landing, *batches, now=NOON):
    made = Collection(landing, "shop", "tags", run_names(landing, "shop", now), lambda: now)
    told = Told(list(batches))
    return made.run(told, lambda records: None), told.asked[0]


def landed(landing):
    """Every version landed, file by file: (record, payload), or None where it vanished."""
    return [
        sorted(
            (row["record_id"], None if row["is_deleted"] else row["payload"])
            for row in pl.read_parquet(Path(landing.folder, file.path)).iter_rows(named=True)
        )
        for file in landing.files()
    ]


def test_what_is_the_same_is_not_landed_again_and_what_changed_is(landing):
    collect(landing, tags(v1="a", v2="b"))

    assert collect(landing, tags(v1="a", v2="b"))[0] == 0
    assert collect(landing, tags(v1="a", v2="c"))[0] == 1
    assert landed(landing) == [
        [("v1", '{"sha": "a"}'), ("v2", '{"sha": "b"}')],
        [("v2", '{"sha": "c"}')],
    ]


def test_what_goes_back_to_what_it_was_is_landed_again(landing):
    for sha in "aba":
        assert collect(landing, tags(v1=sha))[0] == 1
    assert collect(landing, tags(v1="a"))[0] == 0


def test_only_a_whole_listing_tells_what_vanished(landing):
    collect(landing, tags(v1="a", v2="b"))

    assert collect(landing, tags(v1="a"))[0] == 0
    assert collect(landing, tags(v1="a", whole=True))[0] == 1
    assert landed(landing)[-1] == [("v2", None)]
    assert collect(landing, tags(v1="a", whole=True))[0] == 0


def test_what_vanished_comes_back(landing):
    collect(landing, tags(v1="a", whole=True))
    collect(landing, tags(whole=True))

    assert collect(landing, tags(v1="a", whole=True))[0] == 1
    assert landed(landing)[-1] == [("v1", '{"sha": "a"}')]


def test_a_whole_listing_of_one_scope_says_nothing_of_another(landing):
    collect(landing, tags("one", v1="a"), tags("two", v1="b"))

    collect(landing, tags("one", whole=True))

    found = landing.latest("shop", "tags", ["one", "two"]).sort("scope")
    assert found.select("scope", "is_deleted").rows() == [("one", True), ("two", False)]


def test_a_record_told_twice_in_one_batch_is_landed_as_told_last(landing):
    records = [Record("tags", "v1", {"sha": sha}) for sha in "ab"]

    collect(landing, Batch("tags", "", records))

    assert landed(landing) == [[("v1", '{"sha": "b"}')]]


def test_a_record_told_by_two_batches_of_one_flush_is_as_told_last(landing):
    collect(landing, tags(v1="b"), tags(v1="a"))

    assert landing.latest("shop", "tags", [""])["digest"].to_list() == ['{"sha": "a"}']


def test_a_cursor_moves_with_its_file(landing):
    assert collect(landing, tags(v1="a", cursor={"page": 1}))[1] == {}
    assert collect(landing, tags(v2="b", cursor={"page": 2}))[1] == {"": {"page": 1}}

    Path(landing.folder, landing.files()[-1].path).unlink()

    assert collect(landing)[1] == {"": {"page": 1}}


def test_cursors_of_other_scopes_stay_in_the_newest_file(landing):
    collect(landing, tags("one", v1="a", cursor=1), tags("two", v1="a", cursor=5))
    collect(landing, tags("two", v2="b", cursor=6))

    assert collect(landing)[1] == {"one": 1, "two": 6}


def test_a_batch_without_a_cursor_leaves_it_where_it_was(landing):
    collect(landing, tags(v1="a", cursor=1))
    collect(landing, tags(v2="b"))

    assert collect(landing)[1] == {"": 1}


def test_a_cursor_that_moved_past_nothing_new_needs_no_file(landing):
    collect(landing, tags(v1="a", cursor=1))
    collect(landing, tags(v1="a", cursor=2))

    assert len(landing.files()) == 1
    assert collect(landing)[1] == {"": 2}


def test_a_source_with_nothing_lands_no_file_and_is_not_asked_again(landing):
    collect(landing, tags(cursor={"digest": "x"}, whole=True))

    assert landing.files() == []
    assert collect(landing)[1] == {"": {"digest": "x"}}


def test_a_connector_that_fails_keeps_what_was_flushed_and_moves_no_further(landing, monkeypatch):
    monkeypatch.setattr(collecting, "FLUSH_ROWS", 2)
    first = tags(v1="a", v2="b", cursor=1)

    with pytest.raises(ConnectionError):
        collect(landing, first, tags(v3="c", cursor=2), ConnectionError("gone"))

    assert landed(landing) == [[("v1", '{"sha": "a"}'), ("v2", '{"sha": "b"}')]]
    assert collect(landing)[1] == {"": 1}


def test_flushes_of_one_run_are_files_in_order_each_with_the_cursors_it_earned(
    landing, monkeypatch
):
    monkeypatch.setattr(collecting, "FLUSH_ROWS", 2)
    batches = [tags(**{f"v{n}": "a", f"w{n}": "a"}, cursor=n) for n in range(5)]

    assert collect(landing, *batches)[0] == 10

    files = landing.files()
    assert [file.name.split("-")[1] for file in files] == [f"{n:05d}.parquet" for n in range(1, 6)]
    while files:
        assert landing.cursors("shop", "tags") == {"": len(files) - 1}
        Path(landing.folder, files.pop().path).unlink()


def test_a_clock_that_was_set_back_makes_no_old_version_the_latest(landing):
    collect(landing, tags(v1="old"))
    for hours, sha in ((-2, "new"), (-3, "newer"), (-1, "newest")):
        assert collect(landing, tags(v1=sha), now=NOON + timedelta(hours=hours))[0] == 1

    assert collect(landing, tags(v1="newest"), now=NOON - timedelta(hours=1))[0] == 0
    (file,) = landing.files()[-1:]
    assert landing.latest("shop", "tags", [""])["digest"].to_list() == ['{"sha": "newest"}']
    assert pl.read_parquet(Path(landing.folder, file.path))["fetched_at"].item() > NOON


def test_every_landed_row_has_the_columns_of_the_zone(landing):
    collect(landing, tags("acme", v1="a"))

    found = pl.read_parquet(Path(landing.folder, landing.files()[0].path))
    assert set(found.columns) == {
        "source", "scope", "entity", "record_id", "updated_at", "fetched_at", "is_deleted",
        "payload",
    }  # fmt: skip
    assert found.select("source", "scope", "entity").rows() == [("shop", "acme", "tags")]
    assert found["fetched_at"].to_list() == [NOON]


def files_run(landing, folder):
    """Collect the deployments and the rejected rows of a folder; return what was new of each."""
    return [
        Collection(landing, "files", entity, run_names(landing, "files", datetime.now(UTC))).run(
            Files(folder), lambda records: None
        )
        for entity in ("deployments", "rejected")
    ]


def write(folder, *lines):
    folder.mkdir(exist_ok=True)
    header = "deployment_id,service,finished_at"
    (folder / "deployments.csv").write_text("\n".join([header, *lines, ""]))


def test_a_changed_file_lands_its_changed_rows_only(landing, tmp_path):
    folder = tmp_path / "files"
    write(folder, "d1,shop,2026-03-02T09:00:00Z", "d2,shop,2026-03-02T10:00:00Z")
    assert files_run(landing, folder) == [2, 0]

    write(folder, "d1,shop,2026-03-02T09:00:00Z", "d2,shop,2026-03-02T11:00:00Z")
    assert files_run(landing, folder) == [1, 0]
    assert files_run(landing, folder) == [0, 0]


def test_a_row_that_vanishes_is_told_so_and_comes_back(landing, tmp_path):
    folder = tmp_path / "files"
    both = ("d1,shop,2026-03-02T09:00:00Z", "d2,shop,2026-03-02T10:00:00Z")
    for lines, new, gone in ((both, 2, []), (both[:1], 1, ["d2"]), (both, 1, [])):
        write(folder, *lines)
        assert files_run(landing, folder)[0] == new
        latest = landing.latest("files", "deployments", [""])
        assert latest.filter("is_deleted")["record_id"].to_list() == gone


def test_a_mended_row_leaves_the_rejected(landing, tmp_path):
    folder = tmp_path / "files"
    write(folder, "d1,shop,soon", "d2,shop,2026-03-02T10:00:00Z")
    assert files_run(landing, folder) == [1, 1]

    write(folder, "d1,shop,2026-03-02T09:00:00Z", "d2,shop,2026-03-02T10:00:00Z")
    assert files_run(landing, folder) == [1, 1]

    assert landing.latest("files", "rejected", [""])["is_deleted"].to_list() == [True]
    assert not landing.latest("files", "deployments", [""])["is_deleted"].any()


def test_files_without_bad_rows_are_not_read_again_for_them(landing, tmp_path):
    folder = tmp_path / "files"
    write(folder, "d1,shop,2026-03-02T09:00:00Z")
    files_run(landing, folder)

    cursors = landing.cursors("files", "rejected")
    assert list(Files(folder).collect("rejected", cursors)) == []


def began(landing):
    return Collection(landing, "shop", "tags", run_names(landing, "shop", NOON), lambda: NOON)


def test_a_scope_that_fails_stops_no_other(landing):
    made = began(landing)
    failure = Failure("tags", "two", SourceUnavailable("no answer"))

    made.run(Told([tags("one", v1="a"), failure, tags("three", v1="a")]), lambda records: None)

    assert made.failures == [failure]
    assert (made.landed, made.scopes) == (2, {"one", "three"})
    assert len(landed(landing)[0]) == 2


def test_what_was_read_before_a_source_failed_is_landed_with_its_cursors(landing):
    made = began(landing)
    error = SourceUnavailable("gone")

    made.run(Told([tags("one", v1="a", cursor=1), error]), lambda records: None)

    assert made.failures == [Failure("tags", "", error)]
    assert landed(landing) == [[("v1", '{"sha": "a"}')]]
    assert collect(landing)[1] == {"one": 1}


@dataclass
class Waiting(Told):
    """A connector that is silent for long, once it has told its batches."""

    silent: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)

    def collect(self, entity: str, cursors: Mapping[str, Any]) -> Iterator[Batch]:
        yield from super().collect(entity, cursors)
        self.silent.set()
        self.enough.wait(30)
        yield tags("late", v1="a", cursor=9)


@pytest.fixture
def waiting():
    made = Waiting([tags("one", v1="a", cursor=1)])
    yield made
    made.enough.set()


def test_what_a_silent_connector_told_before_can_be_landed_meanwhile(landing, waiting):
    made = began(landing)
    thread = threading.Thread(target=made.run, args=(waiting, lambda records: None))
    thread.start()
    assert waiting.silent.wait(30)

    made.flush()

    assert landing.cursors("shop", "tags") == {"one": 1}
    waiting.enough.set()
    thread.join()
    assert landing.cursors("shop", "tags") == {"one": 1, "late": 9}
    assert made.landed == 2


def test_once_stopped_nothing_is_written_any_more(landing, waiting):
    made = began(landing)
    thread = threading.Thread(target=made.run, args=(waiting, lambda records: None))
    thread.start()
    assert waiting.silent.wait(30)

    made.stopped.set()
    waiting.enough.set()
    thread.join()
    made.flush()

    assert landing.files() == []
