"""Retention: what is old goes by itself, and only where both its versions and its time are old."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipelines import forgetting, publishing, retention
from pipelines.configuration import ConfigurationError, parse
from pipelines.landing import CURSORS, LandingFile
from tests.pipelines.keeping import AS_OF, numbers, organised, payloads, standing, tables
from tests.support import project, published, refresh, rows, write

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def configured(**settings):
    text = {"sources": [{"kind": "files", "path": "files"}, {"kind": "events"}], **settings}
    return parse(yaml.safe_dump(text), Path("drumbeat.yaml"))


def test_each_source_has_its_own_limit_at_the_start_of_a_day():
    found = configured(retention={"days": 30, "sources": [{"source": "events", "days": 2}]})

    assert retention.limits(found, NOW) == {
        "files": datetime(2026, 2, 18, tzinfo=UTC),
        "events": datetime(2026, 3, 18, tzinfo=UTC),
    }
    assert retention.limits(configured(), NOW) == {}
    only = configured(retention={"sources": [{"source": "events", "days": 2}]})
    assert list(retention.limits(only, NOW)) == ["events"]


@pytest.mark.parametrize("entity", ["heads", "repositories"])
def test_what_tells_how_things_are_now_is_kept(entity):
    assert retention.limit({"code": NOW}, "code", entity) is None
    assert retention.limit({"code": NOW}, "code", "commits") == NOW


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"days": 0}, "retention.days"),
        ({"sources": [{"source": "nope", "days": 1}]}, "must be one of the sources files, events"),
        ({"sources": [{"source": "files", "days": 1}] * 2}, "is there twice"),
        ({"sources": [{"source": "files"}]}, "days"),
    ],
)
def test_a_wrong_limit_is_told(settings, said):
    with pytest.raises(ConfigurationError, match=said):
        configured(retention=settings)


def landed(found, number, *records):
    """Land records of one run: id, when fetched, own time."""
    moment = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(
        [
            {"source": "files", "scope": "", "entity": "changes", "record_id": name,
             "fetched_at": fetched, "updated_at": updated, "is_deleted": False, "payload": "{}"}
            for name, fetched, updated in records
        ],
        schema_overrides={"fetched_at": moment, "updated_at": moment},
    )  # fmt: skip
    file = LandingFile("files", "changes", f"2020010{number}T000000000000-00001.parquet")
    found.landing.write(file, frame, {"": f"cursor {number}"})


def left(found):
    return [name for name, _ in payloads(found, "changes")]


@pytest.mark.parametrize(
    ("fetched", "updated", "is_kept"),
    [
        (timedelta(days=31), timedelta(days=31), False),
        (timedelta(days=31), timedelta(days=29), True),
        (timedelta(days=29), timedelta(days=31), True),
        (timedelta(days=30, hours=13), timedelta(days=400), False),
        (timedelta(days=30), timedelta(days=400), True),
        (timedelta(days=31), None, False),
        (timedelta(days=29), None, True),
    ],
)
def test_a_record_goes_when_its_version_and_its_own_time_are_both_old(
    tmp_path, fetched, updated, is_kept
):
    found = organised(tmp_path, retention={"days": 30})
    landed(found, 1, ("one", NOW - fetched, updated and NOW - updated))
    landed(found, 2, ("other", NOW, NOW))

    forgetting.expire(found, NOW)

    assert left(found) == (["one", "other"] if is_kept else ["other"])


def test_all_versions_of_a_record_stay_or_go_together(tmp_path):
    found = organised(tmp_path, retention={"days": 30})
    old = NOW - timedelta(days=60)
    landed(found, 1, ("corrected", old, old), ("gone", old, old), ("gone", old, None))
    landed(found, 2, ("corrected", NOW, old), ("gone", old + timedelta(days=1), old))

    made = forgetting.expire(found, NOW)

    assert left(found) == ["corrected", "corrected"]
    assert (made.records, made.files) == (3, 2)
    assert found.landing.cursors("files", "changes") == {"": "cursor 2"}


def test_the_newest_file_stays_for_its_cursors_when_all_its_rows_go(tmp_path):
    found = organised(tmp_path, retention={"days": 30})
    old = NOW - timedelta(days=60)
    landed(found, 1, ("one", old, old))
    landed(found, 2, ("two", old, old))

    forgetting.expire(found, NOW)

    (file,) = found.landing.files("files", "changes")
    told = pl.read_parquet_metadata(found.landing.url(file))[CURSORS]
    assert json.loads(told) == {"": "cursor 2"}
    assert forgetting.expire(found, NOW).records == 0


def test_a_refresh_forgets_what_is_old_and_publishes_nothing_of_it(tmp_path):
    """With the clock of today the made-up weeks are old once they were landed long enough ago."""
    write(tmp_path / "files", **tables())
    found = organised(tmp_path)
    refresh(found, AS_OF)
    before = numbers(found)
    aged(found, "d2", "c2")

    found = organised(tmp_path, retention={"days": 1})
    refresh(found, AS_OF)

    assert "d2" not in [name for name, _ in payloads(found, "deployments")]
    assert "d4" in [name for name, _ in payloads(found, "deployments")]
    with published(found) as con:
        assert rows(con, "select count(*) from facts.deployments") == [(3,)]
    assert len(publishing.published(found.serving)) == 1
    assert standing(found.data_dir, '"d2"') == []
    assert numbers(found) != before
    (entry,) = (found.data_dir / "forgotten.ndjson").read_text().splitlines()
    assert json.loads(entry)["what"] == "age"


def aged(found, *names):
    """Make records look as if they had been landed long ago."""
    for entity in ("deployments", "changes"):
        for file in found.landing.files("files", entity):
            frame = pl.read_parquet(found.landing.url(file))
            is_old = pl.col("record_id").is_in(names)
            old = pl.when(is_old).then(pl.lit(LONG_AGO, frame.schema["fetched_at"]))
            frame = frame.with_columns(old.otherwise("fetched_at").alias("fetched_at"))
            renamed = LandingFile("files", entity, f"20200101T{file.name[9:]}")
            found.landing.write(renamed, frame, found.landing.cursors_in(file))
            (found.data_dir / "landing" / file.path).unlink()


def test_a_listing_that_tells_of_it_again_lands_it_no_more(tmp_path):
    write(tmp_path / "files", **tables())
    refresh(organised(tmp_path), AS_OF)
    aged(organised(tmp_path), "d2", "d4")
    found = organised(tmp_path, retention={"days": 1})
    refresh(found, AS_OF)
    told = tables()
    told["deployments"][2]["version"] = "2.0"
    told["deployments"].append({**told["deployments"][0], "deployment_id": "d1"})
    write(tmp_path / "files", **told)
    refresh(found, AS_OF)

    versions = [name for name, _ in payloads(found, "deployments")]
    # What is kept may still be corrected, however old it is; what is new and old is not landed.
    assert versions == ["d11", "d9", "d9"]


def test_without_a_limit_nothing_is_read_for_it(tmp_path):
    found = project(tmp_path)
    (tmp_path / "data" / "landing" / "files" / "changes").mkdir(parents=True)
    (tmp_path / "data" / "landing" / "files" / "changes" / "20200101T0-1.parquet").write_text("x")

    assert forgetting.expire(found, NOW).records == 0
