"""Commits read out of real repositories."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from connectors.git import history
from tests.connectors.git_repository import START, Made, commits, make

SCHEMA = {
    "record_id": pl.String,
    "updated_at": pl.Datetime("us", "UTC"),
    "parents": pl.String,
    "authored_at": pl.Datetime("us", "UTC"),
    "committed_at": pl.Datetime("us", "UTC"),
    "author": pl.String,
    "subject": pl.String,
    "reverts": pl.String,
    "paths": pl.List(pl.String),
}
# The tree with nothing in it, which every repository knows.
EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture
def shop(tmp_path: Path) -> Made:
    """Return an empty repository."""
    return make(tmp_path / "shop")


def test_a_commit_keeps_its_times_its_author_and_its_subject_but_no_address(shop: Made) -> None:
    sha = shop.commit("Take cards\n\nAt last.", GIT_AUTHOR_DATE=f"{START} +0545")

    found, _ = commits(shop.source())

    assert found.schema == SCHEMA
    assert found.to_dicts() == [
        {
            "record_id": sha,
            "updated_at": datetime.fromtimestamp(START + 60, tz=UTC),
            "parents": "",
            "authored_at": datetime.fromtimestamp(START, tz=UTC),
            "committed_at": datetime.fromtimestamp(START + 60, tz=UTC),
            "author": "Ada",
            "subject": "Take cards",
            "reverts": "",
            "paths": None,
        }
    ]


def test_merges_octopus_merges_and_several_roots_keep_their_parents_in_order(shop: Made) -> None:
    first = shop.commit()
    topics = []
    for topic in ("one", "two"):
        shop.git("checkout", "--quiet", "-b", topic, first)
        topics.append(shop.commit())
    shop.git("checkout", "--quiet", "--orphan", "other")
    root = shop.commit()
    shop.git("checkout", "--quiet", "main")
    trunk = shop.commit()
    octopus = shop.merge("one", "two")
    joined = shop.merge("other")

    parents = dict(commits(shop.source())[0].select("record_id", "parents").iter_rows())

    assert parents == {
        first: "",
        root: "",
        trunk: first,
        topics[0]: first,
        topics[1]: first,
        octopus: f"{trunk} {topics[0]} {topics[1]}",
        joined: f"{octopus} {root}",
    }


def test_a_squash_merge_is_a_commit_with_one_parent(shop: Made) -> None:
    shop.commit("start", "a")
    shop.git("checkout", "--quiet", "-b", "topic")
    shop.commit("work", "b")
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "--squash", "topic")
    squashed = shop.commit("Squashed (#7)")

    found, _ = commits(shop.source(with_paths=True))

    row = found.row(by_predicate=pl.col("record_id") == squashed, named=True)
    assert row["parents"] == shop.sha("main~1")
    assert row["paths"] == ["b"]


def test_paths_are_listed_whatever_they_are_called_and_merges_list_none(shop: Made) -> None:
    names = ["a b", "ü/ñ", 'with "quotes"', "two\nlines", "\nnewline first", "-dash", "tab\tin it"]
    shop.commit("odd names", *names)
    shop.git("checkout", "--quiet", "-b", "topic")
    shop.commit("topic", "topic")
    shop.git("checkout", "--quiet", "main")
    shop.commit("nothing at all")
    shop.git("mv", "a b", "moved")
    shop.commit("moved")
    shop.merge("topic")

    found, cursor = commits(shop.source(with_paths=True))

    paths = dict(found.select("subject", "paths").iter_rows())
    assert sorted(paths.pop("odd names")) == sorted(names)
    assert paths == {
        "topic": ["topic"],
        "nothing at all": [],
        "moved": ["a b", "moved"],
        "merged": [],
    }
    assert cursor["with_paths"] is True


def test_paths_that_are_newly_wanted_are_read_for_all_commits(shop: Made) -> None:
    shop.commit("one", "a")
    _, cursor = commits(shop.source())

    found, cursor = commits(shop.source(with_paths=True), cursor)

    assert found["paths"].to_list() == [["a"]]
    assert list(shop.source().collect("commits", {"shop": cursor})) == []


def test_hostile_subjects_and_bodies_come_through_whole(shop: Made) -> None:
    subjects = ["\x1e\x1f\x01 odd \x7f", "a\ttab", "%H%x00%n", "'; drop table --", "a\u2028b", '"']
    for subject in subjects:
        shop.commit(f"{subject}\n\n%x00{'0' * 40}\nbody\n\n\n{subject}")
    shop.commit("")
    shop.commit("\n\n")

    found, _ = commits(shop.source(with_paths=True))

    assert found["subject"].to_list() == ["", "", *subjects[::-1]]


def test_no_address_in_a_subject_or_a_name_is_kept(shop: Made) -> None:
    shop.commit("Fix for bob@example.com, see pkg@1.2.0", GIT_AUTHOR_NAME="ada@example.com")

    found, _ = commits(shop.source())

    told = found.select("author", "subject").row(0)
    assert told == ("ada", "Fix for ***, see pkg@1.2.0")


def test_a_subject_over_several_lines_is_joined(shop: Made) -> None:
    shop.commit("one\ntwo\n\nthree")

    assert commits(shop.source())[0]["subject"].to_list() == ["one two"]


def test_what_is_not_utf_8_is_replaced_and_a_named_encoding_is_obeyed(shop: Made) -> None:
    identity = b"A\xff <someone@example.invalid> 1700000000 +0000"
    told = b"tree " + EMPTY.encode() + b"\nauthor " + identity + b"\ncommitter " + identity
    shop.written(told + b"\n\nsubject \xc3\x28 \xff\n")
    shop.git("update-ref", "refs/heads/other", "refs/heads/main")
    shop.written(
        told.replace(b"\xff", b"\xe9") + b"\nencoding ISO-8859-1\n\ncaf\xe9\n",
    )

    found, _ = commits(shop.source())

    rows = set(found.select("author", "subject").iter_rows())
    assert rows == {("A�", "subject �( �"), ("Aé", "café")}


def test_a_message_after_a_nul_byte_does_not_shift_the_rows(shop: Made) -> None:
    first = shop.commit("fine")
    identity = "A <someone@example.invalid> 1700000000 +0000"
    told = f"tree {EMPTY}\nparent {first}\nauthor {identity}\ncommitter {identity}\n\n"
    shop.written(f"{told}seen\0\0{'1' * 40}\n\nhidden".encode())

    found, _ = commits(shop.source(with_paths=True))

    assert sorted(found["subject"]) == ["fine", "seen"]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("0 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("4102444800 +0000", datetime(2100, 1, 1, tzinfo=UTC)),
        ("1700000000 +9999", datetime.fromtimestamp(1_700_000_000, tz=UTC)),
        ("-86400 +0000", None),
        ("99999999999999 +0000", None),
        ("99999999999999999999999999 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_odd_date_is_kept_if_it_is_one_and_else_null(
    shop: Made, date: str, expected: datetime | None
) -> None:
    identity = f"A <someone@example.invalid> {date}".rstrip()
    shop.written(f"tree {EMPTY}\nauthor {identity}\ncommitter {identity}\n\nodd\n".encode())

    found, _ = commits(shop.source())

    assert found.select("authored_at", "committed_at", "updated_at").row(0) == (expected,) * 3
    assert found["subject"].to_list() == ["odd"]


def test_a_broken_identity_leaves_the_rest_of_the_commit_readable(shop: Made) -> None:
    shop.written(f"tree {EMPTY}\nauthor nobody\ncommitter <>\n\nodd\n".encode())

    found, _ = commits(shop.source())

    assert found.select("subject", "authored_at").row(0) == ("odd", None)
    assert found["author"].null_count() == 0


def test_reverted_commits_are_named_once_each(shop: Made) -> None:
    one, two = shop.commit("one", "a"), shop.commit("two", "b")
    shop.git("revert", "--no-edit", two)
    shop.commit(
        f"Revert both\n\nThis reverts commit {one}.\nThis reverts commit\n{two}, reversing\n"
        f"changes made to 1234567.\n\nThis reverts commit {one}."
    )
    shop.commit(f"{one} is mentioned only")

    found, _ = commits(shop.source())

    assert found["reverts"].to_list() == ["", f"{one} {two}", two, "", ""]


def test_commits_on_branches_and_tags_are_read_but_not_those_of_pull_requests(shop: Made) -> None:
    first = shop.commit()
    wanted = {first}
    for ref in ("refs/tags/v1", "refs/heads/topic", "refs/remotes/origin/topic-2"):
        shop.git("checkout", "--quiet", "--detach", first)
        wanted.add(shop.commit(ref))
        shop.git("update-ref", ref, "HEAD")
    for ref in ("refs/pull/7/head", "refs/remotes/origin/pr/7", "refs/stash"):
        shop.git("checkout", "--quiet", "--detach", first)
        shop.commit(ref)
        shop.git("update-ref", ref, "HEAD")
    shop.git("checkout", "--quiet", "main")

    assert set(commits(shop.source())[0]["record_id"]) == wanted


def test_reading_in_steps_finds_what_reading_at_once_finds(shop: Made) -> None:
    cursor, found = None, []
    shop.commit("start")
    for step in range(4):
        shop.git("checkout", "--quiet", "main")
        shop.commit(f"main {step}")
        shop.git("checkout", "--quiet", "-b", f"topic-{step}")
        shop.commit(f"topic {step}")
        shop.git("checkout", "--quiet", "main")
        if step % 2:
            shop.merge(f"topic-{step}")
        shop.git("tag", f"v{step}")
        rows, cursor = commits(shop.source(), cursor)
        found.append(rows)

    whole, _ = commits(shop.source())

    assert pl.concat(found).sort("record_id").equals(whole.sort("record_id"), null_equal=True)
    assert json.loads(json.dumps(cursor)) == cursor


def test_nothing_new_is_no_batch(shop: Made) -> None:
    shop.commit()
    _, cursor = commits(shop.source())
    shop.git("tag", "v1")

    assert list(shop.source().collect("commits", {"shop": cursor})) == []


def test_a_forced_push_brings_only_the_new_commits(shop: Made) -> None:
    shop.commit("kept")
    shop.commit("given up")
    _, cursor = commits(shop.source())
    shop.git("reset", "--quiet", "--hard", "HEAD~1")
    new = shop.commit("instead")

    assert commits(shop.source(), cursor)[0]["record_id"].to_list() == [new]


def test_tips_that_git_has_thrown_away_are_passed_over(shop: Made) -> None:
    kept = shop.commit("kept")
    shop.commit("given up")
    _, cursor = commits(shop.source())
    shop.git("reset", "--quiet", "--hard", "HEAD~1")
    new = shop.commit("instead")
    shop.git("reflog", "expire", "--expire=now", "--all")
    shop.git("gc", "--quiet", "--prune=now")

    assert set(commits(shop.source(), cursor)[0]["record_id"]) == {kept, new}


def test_since_leaves_out_older_commits_and_an_earlier_since_reads_all(shop: Made) -> None:
    for name in ("one", "two", "three"):
        shop.commit(name)
    start = datetime.fromtimestamp(START, tz=UTC)

    recent, cursor = commits(shop.source(since=start + timedelta(minutes=2)))
    later = list(
        shop.source(since=start + timedelta(minutes=3)).collect("commits", {"shop": cursor})
    )
    whole, _ = commits(shop.source(), cursor)

    assert recent["subject"].to_list() == ["three", "two"]
    assert later == []
    assert whole["subject"].to_list() == ["three", "two", "one"]


def test_a_history_in_many_blocks_is_the_same_history(shop: Made) -> None:
    for number in range(12):
        shop.commit(f"commit {number}", f"file-{number}")
    arguments = history.log_arguments(with_paths=True, since=None)
    said = shop.git(*arguments, stdin=b"main\n")

    frames = [
        history.frame(block, with_paths=True)
        for block in history.blocks(io.BytesIO(said.encode()), size=100)
    ]

    assert len(frames) > 3
    assert pl.concat(frames).equals(commits(shop.source(with_paths=True))[0], null_equal=True)


def test_many_batches_move_the_cursor_with_the_last_one(
    shop: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        shop.commit()
    monkeypatch.setattr(history.blocks, "__defaults__", (150,))

    batches = list(shop.source().collect("commits", {}))

    assert len(batches) > 2
    assert [batch.cursor is None for batch in batches] == [True] * (len(batches) - 1) + [False]


def test_a_collection_given_up_half_way_leaves_no_git_behind(
    shop: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        shop.commit()
    monkeypatch.setattr(history.blocks, "__defaults__", (150,))
    collecting = shop.source().collect("commits", {})

    assert next(collecting).cursor is None
    collecting.close()  # type: ignore[attr-defined]


def test_settings_of_a_hostile_repository_are_not_obeyed(shop: Made, tmp_path: Path) -> None:
    shop.commit("one", "a")
    trap = f"touch {tmp_path / 'sprung'}"
    for key in ("core.fsmonitor", "core.pager", "gpg.program", "diff.external", "core.sshCommand"):
        shop.git("config", key, trap)
    settings = {
        "log.showSignature": "true",
        "log.showRoot": "false",
        "log.date": "relative",
        "log.diffMerges": "separate",
        "color.ui": "always",
        "diff.noprefix": "true",
        "i18n.logOutputEncoding": "UTF-16",
    }
    for key, value in settings.items():
        shop.git("config", key, value)
    before = sorted(path for path in shop.path.rglob("*"))

    found, _ = commits(shop.source(with_paths=True))

    assert found.select("subject", "paths").row(0) == ("one", ["a"])
    assert not (tmp_path / "sprung").exists()
    assert sorted(path for path in shop.path.rglob("*")) == before
