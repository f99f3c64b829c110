"""Compacting: fewer files, the same versions, cursors and numbers."""

from datetime import timedelta

import polars as pl
import pytest

from pipelines import compacting, keeping, refreshing, rewriting
from pipelines.landing import LandingFile
from tests.pipelines.keeping import AS_OF, QUIET, RUN, numbers, organisation, payloads, tables
from tests.support import project, refresh, write

MOMENT = pl.Datetime("us", "UTC")


def landed(found, stamp, number, cursors, *versions):
    frame = pl.DataFrame(
        [
            {"source": "code", "scope": "shop", "entity": "commits", "record_id": name,
             "payload": payload, "fetched_at": AS_OF, "updated_at": AS_OF, "is_deleted": False,
             "paths": [payload]}
            for name, payload in versions
        ],
        schema_overrides={"fetched_at": MOMENT, "updated_at": MOMENT},
    )  # fmt: skip
    name = f"{stamp}T000000000000-{number:05d}.parquet"
    found.landing.write(LandingFile("code", "commits", name), frame, cursors)


def names(found):
    return [file.name[:8] for file in found.landing.files()]


@pytest.fixture
def found(tmp_path):
    made = project(tmp_path)
    landed(made, "20260130", 1, {"shop": 1}, ("a", "1"), ("b", "1"))
    landed(made, "20260202", 1, {"shop": 2}, ("a", "2"))
    landed(made, "20260205", 1, {"shop": 3}, ("a", "3"), ("c", "1"))
    landed(made, "20260228", 2, {"shop": 4}, ("a", "2"))
    landed(made, "20260301", 1, {"shop": 5}, ("d", "1"))
    return made


def test_each_month_is_one_file_with_every_distinct_version(found):
    before = sorted(set(payloads(found, "commits")))

    made = compacting.compacted(found.landing)

    assert names(found) == ["20260130", "20260202", "20260301"]
    assert payloads(found, "commits") == before
    assert (made.records, made.files) == (1, 2)
    assert compacting.compacted(found.landing).files == 0


def test_cursors_are_those_of_the_newest_file_of_each_month(found):
    landed(found, "20260302", 1, {"shop": 6}, ("e", "1"))
    found.landing.remember("code", "commits", {"shop": 7})

    compacting.compacted(found.landing)

    assert [found.landing.cursors_in(file)["shop"] for file in found.landing.files()] == [1, 4, 7]
    assert found.landing.cursors("code", "commits") == {"shop": 7}


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_killed_in_between_it_is_finished_by_another(found, monkeypatch, nth):
    before = sorted(set(payloads(found, "commits")))
    real, left = rewriting.remove, [nth]

    def dying(*args):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(rewriting, "remove", dying)
    landed(found, "20260302", 1, {"shop": 6}, ("e", "1"))
    with pytest.raises(KeyboardInterrupt):
        compacting.compacted(found.landing)
    monkeypatch.undo()
    assert found.landing.cursors("code", "commits") == {"shop": 6}
    assert sorted(set(payloads(found, "commits"))) == sorted([*before, ("e", "1")])

    compacting.compacted(found.landing)

    assert payloads(found, "commits") == sorted([*before, ("e", "1")])
    assert found.landing.cursors("code", "commits") == {"shop": 6}


def test_numbers_and_cursors_stay_and_nothing_is_read_again(tmp_path):
    found = organisation(tmp_path)
    told = tables()
    told["deployments"][0]["version"] = "2.0"
    write(tmp_path / "files", **told)
    refresh(found, AS_OF + timedelta(hours=1))
    before = numbers(found)

    made = keeping.compact(found, QUIET)
    outcome = refreshing.refresh(found, RUN, QUIET)

    assert made.files == 1
    assert [one.landed for one in outcome.collected] == [0]
    refresh(found, AS_OF + timedelta(hours=1))
    assert numbers(found) == before
    refreshing.rebuild(found, RUN, QUIET)
    assert len(payloads(found, "deployments")) == 5
