from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.landing import Landing
from pipelines.receiving.inbox import Inbox
from pipelines.receiving.sealing import seal
from tests.pipelines.receiving.writing import RECEIVED, event, ids, landed, segments


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path / "landing" / "_inbox")


@pytest.fixture
def landing(tmp_path):
    return Landing(str(tmp_path / "landing"))


def sealed(inbox, landing):
    said = []
    return seal(inbox.folder, landing, said.append), said


def test_events_land_with_the_columns_of_all_records_and_when_they_came(inbox, landing):
    inbox.append(event("one", service="shop"))

    assert sealed(inbox, landing) == (1, [])

    found = landed(landing)
    assert found.drop("payload").to_dicts() == [
        {
            "source": "events",
            "entity": "events",
            "scope": "",
            "record_id": "one",
            "updated_at": RECEIVED,
            "fetched_at": RECEIVED,
            "is_deleted": False,
        }
    ]
    assert found["payload"].to_list() == ['{"service": "shop"}']
    assert found.schema["fetched_at"] == pl.Datetime("us", "UTC")
    assert segments(inbox.folder) == []


def test_each_source_has_files_of_its_own(inbox, landing):
    inbox.append(event("one") + event("two", source="github") + event("three"))

    sealed(inbox, landing)

    assert ids(landing) == ["one", "three"]
    assert ids(landing, "github") == ["two"]


def test_an_inbox_that_never_was_is_nothing_to_seal(inbox, landing):
    assert sealed(inbox, landing) == (0, [])


def test_a_torn_last_line_was_never_acknowledged_and_is_left_out(inbox, landing):
    inbox.append(event("one"))
    with segments(inbox.folder)[0].open("ab") as opened:
        opened.write(event("two")[:40])

    count, said = sealed(inbox, landing)

    assert (count, ids(landing)) == (1, ["one"])
    assert "40 bytes of a line that was never acknowledged" in said[0]
    assert segments(inbox.folder) == []


def test_damaged_lines_are_kept_aside_and_the_others_land(inbox, landing):
    inbox.append(event("one") + b"\0\0\0\n" + b'{"source": "events"}\n' + event("two"))

    count, said = sealed(inbox, landing)

    assert (count, ids(landing)) == (2, ["one", "two"])
    assert "2 lines can not be read" in said[0]
    assert [path.suffix for path in segments(inbox.folder)] == [".damaged"]
    assert sealed(inbox, landing) == (0, [])


@pytest.mark.parametrize("text", ["line\nbreak", "\u2028", "\r", "\0", 'quote"', "日本", "🎉"])
def test_no_text_breaks_a_line(inbox, landing, text):
    inbox.append(event("one", title=text) + event("two"))

    sealed(inbox, landing)

    assert ids(landing) == ["one", "two"]
    first = landed(landing).filter(record_id="one")
    assert first["payload"].str.json_decode(pl.Struct({"title": pl.String})).to_list() == [
        {"title": text}
    ]


def test_a_crash_before_the_segment_goes_lands_events_twice_and_merging_makes_them_one(
    inbox, landing, monkeypatch
):
    inbox.append(event("one"))
    monkeypatch.setattr("pathlib.Path.unlink", killed)
    with pytest.raises(KeyboardInterrupt):
        sealed(inbox, landing)
    monkeypatch.undo()

    sealed(inbox, landing)

    assert ids(landing) == ["one", "one"]
    assert landed(landing).unique(["source", "scope", "record_id"]).height == 1


def killed(*_args, **_kwargs):
    raise KeyboardInterrupt


def test_a_segment_goes_only_after_its_file_is_on_disk(inbox, landing, monkeypatch):
    inbox.append(event("one"))
    said = []
    real = Landing.write

    def writing(self, file, frame, cursors):
        real(self, file, frame, cursors)
        said.append(f"landed {len(frame)}, segments {len(segments(inbox.folder))}")

    monkeypatch.setattr(Landing, "write", writing)
    sealed(inbox, landing)

    assert said == ["landed 1, segments 1"]
    assert segments(inbox.folder) == []


def test_what_can_not_be_landed_stays_in_the_inbox(inbox, landing, monkeypatch):
    inbox.append(event("one"))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Landing, "write", full)
    with pytest.raises(OSError, match="No space"):
        sealed(inbox, landing)
    monkeypatch.undo()
    inbox.append(event("two"))

    sealed(inbox, landing)

    assert ids(landing) == ["one", "two"]


def test_the_same_event_twice_in_a_segment_lands_once(inbox, landing):
    inbox.append(event("one") + event("one"))

    assert sealed(inbox, landing)[0] == 1


def test_files_are_named_later_than_all_that_the_source_has(inbox, landing):
    Path(f"{landing.root}/events/events").mkdir(parents=True)
    later = datetime(2999, 1, 1, tzinfo=UTC)
    pl.DataFrame({"record_id": ["old"]}).write_parquet(
        f"{landing.root}/events/events/{later:%Y%m%dT%H%M%S%f}-00001.parquet"
    )
    inbox.append(event("one"))

    sealed(inbox, landing)

    assert landing.files("events")[-1].name.startswith("29990101T0000000000000")


def test_nothing_of_the_inbox_is_taken_for_a_landing_file(inbox, landing):
    inbox.append(event("one"))

    assert landing.files() == []
