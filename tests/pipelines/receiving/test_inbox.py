import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.receiving.inbox import Inbox, taken_over
from tests.pipelines.receiving.writing import Full, Uncut, Unsynced, recording, segments

ROOT = Path(__file__).parents[3]


def text(folder):
    return b"".join(path.read_bytes() for path in segments(folder))


def test_lines_are_written_and_then_synced(tmp_path):
    said = []
    inbox = Inbox(tmp_path / "inbox", recording(said))

    inbox.append(b"one\n")
    inbox.append(b"two\n")

    assert said == ["write", "fsync", "write", "fsync"]
    assert text(inbox.folder) == b"one\ntwo\n"


def test_a_new_segment_is_synced_into_its_folder_before_lines_count(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(
        "pipelines.receiving.inbox.sync_folder", lambda folder: said.append(f"fsync {folder.name}")
    )
    inbox = Inbox(tmp_path / "inbox", recording(said))

    inbox.append(b"one\n")

    assert said == ["fsync inbox", "write", "fsync"]


def test_an_inbox_without_lines_has_no_segment(tmp_path):
    inbox = Inbox(tmp_path / "inbox")
    inbox.append(b"one\n")
    taken_over(inbox.folder)
    inbox.close()

    assert [path.suffix for path in segments(inbox.folder)] == [".closed"]


def test_a_segment_that_was_taken_over_is_left_alone(tmp_path):
    inbox = Inbox(tmp_path / "inbox")
    inbox.append(b"one\n")

    (closed,) = taken_over(inbox.folder)
    inbox.append(b"two\n")

    assert closed.read_bytes() == b"one\n"
    assert text(inbox.folder) == b"one\ntwo\n"
    assert len(segments(inbox.folder)) == 2


def test_a_segment_that_was_removed_is_begun_anew(tmp_path):
    inbox = Inbox(tmp_path / "inbox")
    inbox.append(b"one\n")
    for path in segments(inbox.folder):
        path.unlink()

    inbox.append(b"two\n")

    assert text(inbox.folder) == b"two\n"


def test_what_a_full_disk_tore_is_cut_off(tmp_path):
    Full.room = 6
    inbox = Inbox(tmp_path / "inbox", Full)
    inbox.append(b"one\n")

    with pytest.raises(OSError, match="No space left"):
        inbox.append(b"two\n")

    assert text(inbox.folder) == b"one\n"
    Full.room = 100
    inbox.append(b"three\n")
    assert text(inbox.folder) == b"one\nthree\n"
    assert len(segments(inbox.folder)) == 1


def test_lines_whose_sync_failed_are_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(Unsynced, "is_broken", False)
    inbox = Inbox(tmp_path / "inbox", Unsynced)
    inbox.append(b"one\n")
    monkeypatch.setattr(Unsynced, "is_broken", True)

    with pytest.raises(OSError, match="Input/output"):
        inbox.append(b"two\n")

    assert text(inbox.folder) == b"one\n"
    monkeypatch.setattr(Unsynced, "is_broken", False)
    inbox.append(b"three\n")
    assert text(inbox.folder) == b"one\nthree\n"


def test_a_segment_that_can_not_be_cut_is_given_up_for_a_new_one(tmp_path, monkeypatch):
    monkeypatch.setattr(Uncut, "is_broken", True)
    inbox = Inbox(tmp_path / "inbox", Uncut)
    with pytest.raises(OSError, match="Input/output"):
        inbox.append(b"to")
    monkeypatch.setattr(Uncut, "is_broken", False)

    inbox.append(b"three\n")

    assert [path.read_bytes() for path in segments(inbox.folder)] == [b"to", b"three\n"]


def test_what_was_torn_is_cut_off_before_anything_is_added(tmp_path, monkeypatch):
    said = []
    inbox = Inbox(tmp_path / "inbox", recording(said))
    inbox.append(b"one\n")
    real = os.fsync

    def failing(descriptor):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="Input/output"):
        inbox.append(b"two\n")
    monkeypatch.setattr(os, "fsync", real)
    inbox.append(b"three\n")

    assert said == ["write", "fsync", "write", "cut to 4", "write", "fsync"]


def test_a_file_that_may_not_grow_loses_nothing_but_what_was_refused(tmp_path):
    code = f"""
import resource
from pathlib import Path
from pipelines.receiving.inbox import Inbox
resource.setrlimit(resource.RLIMIT_FSIZE, (10, {resource.RLIM_INFINITY}))
inbox = Inbox(Path({str(tmp_path / "inbox")!r}))
for line in (b"one\\n", b"too long\\n", b"two\\n"):
    try:
        inbox.append(line)
        print("accepted", line.decode().strip())
    except OSError as error:
        print("refused", line.decode().strip())
"""
    made = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )

    assert made.stdout.splitlines() == ["accepted one", "refused too long", "accepted two"]
    assert text(tmp_path / "inbox") == b"one\ntwo\n"


def test_a_folder_with_wildcards_in_its_name_is_an_inbox_too(tmp_path):
    inbox = Inbox(tmp_path / "data [1]*" / "inbox")
    inbox.append(b"one\n")

    assert len(taken_over(inbox.folder)) == 1
