"""Forgetting: nothing of it is left in any file, all else is as it was, and it may be killed."""

import json
import shutil
from dataclasses import dataclass

import polars as pl
import pytest
import yaml

from connectors import Record
from pipelines import forgetting, forgotten, keeping, publishing, refreshing, rewriting
from pipelines.configuration import parse
from pipelines.errors import DrumbeatError
from pipelines.forgetting import Request
from pipelines.forgotten import Forgotten
from pipelines.landing import Landing, LandingFile
from pipelines.project import Project
from pipelines.receiving.inbox import Inbox
from pipelines.receiving.lines import line
from tests.pipelines.keeping import (
    AS_OF,
    LOGIN,
    NAME,
    QUIET,
    RUN,
    forget,
    numbers,
    organisation,
    organised,
    payloads,
    standing,
    tables,
)
from tests.support import at, refresh, write

BOTH = (NAME, LOGIN)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    organisation(folder)
    return folder


@pytest.fixture
def found(base, tmp_path):
    shutil.copytree(base, tmp_path, symlinks=True, dirs_exist_ok=True)
    return organised(tmp_path)


@dataclass(frozen=True)
class Before:
    """What there was of an organisation before an author was forgotten."""

    numbers: list
    payloads: dict
    cursors: dict
    files: list


@pytest.fixture(scope="module")
def gone(base, tmp_path_factory):
    """Return an organisation that forgot both names of an author, how it was, and what was said."""
    folder = tmp_path_factory.mktemp("gone")
    shutil.copytree(base, folder, symlinks=True, dirs_exist_ok=True)
    found = organised(folder)
    shutil.copytree(found.data_dir, folder / "copy", symlinks=True)
    before = Before(
        numbers(found),
        {entity: payloads(found, entity) for entity in tables()},
        {entity: found.landing.cursors("files", entity) for entity in tables()},
        [file.path for file in found.landing.files()],
    )
    assert len(standing(found.data_dir, *BOTH)) >= 5
    said = forget(found, "author", NAME.lower()), forget(found, "author", f" {LOGIN.upper()} ")
    return found, before, said


@pytest.fixture
def later(gone, tmp_path):
    """Return a copy of it that goes on."""
    shutil.copytree(gone[0].data_dir.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return organised(tmp_path)


def log(found):
    return list(map(json.loads, (found.data_dir / "forgotten.ndjson").read_text().splitlines()))


# -- an author -----------------------------------------------------------------------------------


def test_nothing_is_left_of_an_author_in_any_file_and_every_number_stays(gone):
    found, before, _ = gone

    # A longer login that begins alike is somebody else's.
    assert standing(found.data_dir, NAME) == []
    assert "qzedmore-two" in payloads(found, "changes")[0][1]
    assert standing(found.data_dir, "qzedmore/", '"qzedmore"', "qzedmore:") == []
    assert numbers(found) == before.numbers
    assert len(publishing.published(found.serving)) == 1


def test_what_does_not_name_them_stays_byte_by_byte(gone):
    found, before, _ = gone

    for entity, versions in before.payloads.items():
        after = payloads(found, entity)
        assert [name for name, _ in after] == [name for name, _ in versions]
        for (_, old), (_, new) in zip(versions, after, strict=True):
            assert new == old or any(name.lower() in old.lower() for name in BOTH)
            assert NAME.lower() not in new.lower()


def test_an_author_is_nobody_and_a_text_has_a_mask(gone):
    found, _, _ = gone
    changes = {name: json.loads(payload) for name, payload in payloads(found, "changes")}
    assert "author" not in changes["c2"]
    assert "reviewer" not in changes["c2"]
    assert changes["c2"]["branch"] == "***/pay"
    assert changes["c4"]["author"] == "Dev Two"
    assert changes["c4"]["title"] == "Undo what *** did"
    assert changes["c11"]["author"] == "qzedmore-two"
    incident = json.loads(payloads(found, "incidents")[0][1])
    assert (incident["title"], incident["responder"]) == ("***: payments fail", "***")


def test_the_log_tells_when_what_and_how_many_and_no_name(gone):
    found, _, (first, second) = gone
    entries = log(found)
    assert [entry["what"] for entry in entries] == ["author", "author"]
    assert [entry["records"] for entry in entries] == [first.found.records, second.found.records]
    # Two deployments, three changes of which one names it in its title, an incident, a commit.
    assert first.found.records == 2 + 2 + 1 + 1
    assert all(set(entry) == {"at", "what", "records", "files"} for entry in entries)


def test_they_stay_forgotten_when_their_source_tells_of_them_again(later, tmp_path):
    found, versions = later, payloads(later, "changes")
    told = tables()
    told["changes"].append({**told["changes"][0], "change_id": "c12", "title": f"By {NAME}"})
    write(tmp_path / "files", **told)
    refresh(found, AS_OF)

    new = sorted(set(payloads(found, "changes")) - set(versions))
    # What is told again as it was is no new version, although the source still names them.
    assert [name for name, _ in new] == ["c12"]
    assert json.loads(new[0][1])["title"] == "By ***"
    assert standing(found.data_dir, NAME) == []


def test_cursors_are_kept_so_nothing_is_read_again_for_it(gone, later):
    _, before, _ = gone
    landing = later.landing

    assert {name: landing.cursors("files", name) for name in tables()} == before.cursors
    assert [file.path for file in landing.files()] == before.files
    outcome = refreshing.refresh(later, RUN, QUIET)
    assert [one.landed for one in outcome.collected] == [0]


def test_a_dry_run_counts_and_changes_nothing(found, gone):
    names = sorted(path for path in found.data_dir.rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in names}

    made = keeping.counted(found, Request("author", NAME), QUIET, wait=True)

    after = {path: path.read_bytes() for path in found.data_dir.rglob("*") if path.is_file()}
    before.pop(found.data_dir / "lock"), after.pop(found.data_dir / "lock")
    assert after == before
    assert made.found.records == 6
    assert next(made.lines()) == "Would be masked in 6 records of 4 files"
    # As many as are masked by the deed.
    assert gone[2][0].found.records == 6


def test_an_author_nobody_knows_changes_nothing_and_is_masked_from_now_on(found):
    made = forget(found, "author", "Nobody Known")

    assert (made.found.records, made.found.files) == (0, 0)
    assert forgotten.known(found.landing).is_one("nobody  known")


def test_where_a_name_still_stands_is_told_without_it(tmp_path):
    found = organised(
        tmp_path, teams=[{"name": "shops", "members": [LOGIN]}], definitions={"teams_by": "author"}
    )
    told = tables()
    told["deployments"][0]["url"] = f"https://host.example.org/{LOGIN}/shop/1"
    write(tmp_path / "files", **told)
    refresh(found, AS_OF)

    lines = list(forget(found, "author", LOGIN).lines())

    assert "The configuration still names the author." in lines
    assert any(said.startswith("In 2 records the name still stands") for said in lines)
    assert LOGIN not in "".join(lines)


# -- masks ---------------------------------------------------------------------------------------


def mask(*authors):
    made = Forgotten(b"salt")
    for author in authors:
        made = made.with_one(author)
    return made


@pytest.mark.parametrize(
    ("author", "said", "left"),
    [
        ("ada", "Merge branch ada/fix of ADA", "Merge branch ***/fix of ***"),
        ("ada", "Canada and adapt stay", "Canada and adapt stay"),
        ("ada-l", "by ada-l, ada_l and Ada L.", "by ***, *** and ***."),
        ("Ada Lovelace", "thanks, ada  lovelace!", "thanks, ***!"),
        ("Åsa", "A\u030asa did it", "A\u030asa did it"),
        ("Åsa", "åsa did it", "*** did it"),
        ("al", "al said so", "al said so"),
        ("al", "AL", "***"),
        ("ada@example.org", "ada did it", "*** did it"),
        ("renovate[bot]", "renovate bot and renovate", "*** and renovate"),
    ],
)
def test_a_name_is_found_in_a_text_as_whole_words(author, said, left):
    assert mask(author).text(said) == left


def test_two_names_that_overlap_are_both_gone():
    assert mask("ada", "ada lovelace").text("by ada lovelace and ada") == "by *** and ***"


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", " ADA  lovelace", "Ada Lovelace <ada>", "x <ada>"]
)
def test_an_author_is_known_with_and_without_an_address(name):
    assert mask("ada lovelace", "ada").is_one(name)


def test_reviews_of_ones_own_go_and_others_are_by_nobody_in_particular():
    reviews = "approved@2026-03-02T09:00:00Z@ada commented@2026-03-02T08:00:00Z@Dev-Two"
    own = {"author": "ada", "reviews": reviews}
    other = {"author": "Dev-Two", "reviews": reviews}

    assert mask("Ada").part("", own) == {"reviews": "commented@2026-03-02T08:00:00Z@Dev-Two"}
    assert mask("Ada").part("", other)["reviews"].startswith("approved@2026-03-02T09:00:00Z@ghost ")


def test_ids_and_names_of_things_are_kept():
    payload = {"deployment_id": "ada", "service": "ada", "status": "ada", "url": "https://x/ada"}

    assert mask("ada").part("", payload) == payload


def test_what_is_written_down_can_not_be_read_back(tmp_path):
    landing = Landing(str(tmp_path))
    forgotten.remember(landing, NAME)
    forgotten.remember(landing, NAME.upper())
    forgotten.remember(landing, LOGIN)

    told = (tmp_path / forgotten.FILE).read_text()
    assert len(json.loads(told)["authors"]) == 2
    assert standing(tmp_path, *NAME.split(), LOGIN) == []
    assert forgotten.known(landing).is_one(NAME)
    # Another organisation has another salt, so equal names are not equal there.
    assert forgotten.known(Landing(str(tmp_path / "other"))).salt != forgotten.known(landing).salt


def test_commits_of_git_lose_author_and_subject_and_nothing_else():
    frame = pl.DataFrame(
        {"record_id": ["a", "b", "c"], "author": ["Ada", None, "Dev Two"],
         "subject": ["One", "Merge ada/x", "Two"], "paths": [["ada"], None, []]}
    )  # fmt: skip

    masked, count = mask("ada").frame(frame)

    assert count == 2
    assert masked["author"].to_list() == [None, None, "Dev Two"]
    assert masked["subject"].to_list() == ["One", "Merge ***/x", "Two"]
    assert masked.drop("author", "subject").equals(frame.drop("author", "subject"))


# -- events --------------------------------------------------------------------------------------


def pushed(found, number, author):
    payload = {"format": "github", "subject": "deployment", "author": author, "raw": f'"{author}"'}
    record = Record("events", f"e{number}", payload, "acme/shop", AS_OF)
    inbox = Inbox(found.inbox)
    inbox.append(line("hooks", record, AS_OF))
    inbox.close()


def test_what_waits_in_the_inbox_is_forgotten_too_and_what_comes_later(found):
    pushed(found, 1, LOGIN)
    (found.inbox / "x.damaged").write_text(f"torn {LOGIN}\ntorn by another\n")
    forget(found, "author", LOGIN)
    pushed(found, 2, LOGIN)
    refresh(found, AS_OF)

    assert [json.loads(told) for _, told in payloads(found, "events")] == [
        {"format": "github", "subject": "deployment", "raw": '"***"'}
    ] * 2
    assert (found.inbox / "x.damaged").read_text() == "torn by another\n"


# -- a source, a scope ---------------------------------------------------------------------------


def test_a_source_goes_with_all_that_it_brought(found, tmp_path):
    pushed(found, 1, "somebody")
    refresh(found, AS_OF)
    before = numbers(found)
    clone = found.data_dir / "clones" / "hooks.git"
    clone.mkdir(parents=True)
    (found.data_dir / "clones" / "files").mkdir()

    made = forget(found, "source", "hooks")

    assert made.found.records == 1
    assert not (found.data_dir / "landing" / "hooks").exists()
    assert not clone.exists()
    assert (found.data_dir / "clones" / "files").exists()
    assert numbers(found) == before
    assert log(found)[-1]["name"] == "hooks"


@pytest.mark.slow
def test_the_only_source_may_go_and_comes_back_if_it_is_still_configured(found):
    before = numbers(found)

    made = forget(found, "source", "files")

    assert "The configuration still names it: the next refresh reads it again." in made.lines()
    assert {row[9] for row in numbers(found) if row[10]} == set()
    refresh(found, AS_OF)
    assert numbers(found) == before


def test_an_unknown_source_is_told_with_those_that_are_there(found):
    with pytest.raises(DrumbeatError, match="no source 'file' is landed; there are: files"):
        forget(found, "source", "file")
    with pytest.raises(DrumbeatError, match="no scope 'acme/nope' is landed"):
        forget(found, "scope", "acme/nope")


def scoped(tmp_path, url=None):
    """Return a project with rows and cursors of two scopes in several files."""
    settings = yaml.safe_dump({"sources": [{"kind": "events", "name": "hooks"}]})
    found = Project(parse(settings, tmp_path / "drumbeat.yaml"), tmp_path / "data", url)
    for number, scopes in enumerate((["acme/a"], ["acme/a", "acme/b"], ["acme/a"])):
        events = {"source": "hooks", "entity": "events", "is_deleted": False, "payload": "{}"}
        rows = [{"scope": scope, "record_id": f"{scope}{number}", **events} for scope in scopes]
        moment = pl.lit(AS_OF, pl.Datetime("us", "UTC"))
        frame = pl.DataFrame(rows).with_columns(updated_at=moment, fetched_at=moment)
        file = LandingFile("hooks", "events", f"2026032{number}T000000000000-00001.parquet")
        found.landing.write(file, frame, {"acme/a": number, "acme/b": number})
    found.landing.remember("hooks", "events", {"acme/a": 9, "acme/b": 9})
    return found


def test_a_scope_goes_with_its_rows_and_cursors_and_no_other(tmp_path):
    found = scoped(tmp_path)

    made = forget(found, "scope", "acme/a")

    assert (made.found.records, made.found.files) == (3, 3)
    assert [name for name, _ in payloads(found, "events")] == ["acme/b1"]
    assert found.landing.cursors("hooks", "events") == {"acme/b": 2}
    assert standing(found.data_dir / "landing", "acme/a") == []


def test_a_landing_zone_on_an_object_store_forgets_as_well(tmp_path):
    found = scoped(tmp_path, f"memory://{tmp_path.name}")
    forgotten.remember(found.landing, "Ada")
    forgetting.carry_out(found, Request("scope", "acme/a"))
    assert [name for file in found.landing.files() for name in
            rewriting.read(found.landing, file)["record_id"]] == ["acme/b1"]  # fmt: skip

    forgetting.carry_out(found, Request("source", "hooks"))

    assert found.landing.files() == []
    assert forgotten.known(found.landing).is_one("ada")


def test_a_scope_that_only_has_a_cursor_goes_too(tmp_path):
    found = scoped(tmp_path)
    forgetting.carry_out(found, Request("scope", "acme/a"))
    forgetting.carry_out(found, Request("scope", "acme/b"))

    assert found.landing.files("hooks") == []


# -- killed in between ---------------------------------------------------------------------------


# What is only begun is also what a rebuild finishes.
@pytest.mark.parametrize("place", [pytest.param("begun", marks=pytest.mark.slow), "rewritten"])
def test_what_was_begun_is_finished_by_the_next_refresh(found, place):
    before = numbers(found)
    request = Request("author", NAME)
    forgetting.begin(found, request)
    if place == "rewritten":
        forgetting.perform(found, request, AS_OF)
    assert NAME not in (found.data_dir / "forgetting.json").read_text()

    refresh(found, AS_OF)

    assert standing(found.data_dir, NAME) == []
    assert numbers(found) == before
    assert len(publishing.published(found.serving)) == 1
    assert forgetting.pending(found) is None


def test_a_rebuild_finishes_it_too(found):
    forgetting.begin(found, Request("author", NAME))

    refreshing.rebuild(found, RUN, QUIET)

    assert standing(found.data_dir, NAME) == []


def test_forgetting_leaves_the_data_of_a_copy_alone(gone):
    assert len(standing(gone[0].data_dir.with_name("copy"), *BOTH)) >= 5
    assert at("2026-03-20 12:00") == AS_OF
