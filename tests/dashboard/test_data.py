"""Finding, opening and asking the published file."""

import contextvars

import pytest

from dashboard import data
from tests.dashboard import organisation


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(tmp_path))
    return tmp_path


def git_only():
    return data.row("select is_git_only from config.run")["is_git_only"]


def test_without_a_pointer_nothing_is_published(folder):
    with pytest.raises(data.NotPublishedError):
        data.published()


def test_a_pointer_to_a_missing_file_is_nothing_published(folder):
    organisation.build(folder).unlink()

    with pytest.raises(data.NotPublishedError):
        data.ask("select 1")


def test_a_pointer_never_leads_out_of_the_serving_folder(folder):
    organisation.build(folder)
    (folder / "serving" / "current.txt").write_text("../../../etc/passwd\n")

    with pytest.raises(data.NotPublishedError):
        data.published()


def test_when_the_pointer_moves_the_new_file_is_read(folder):
    first = organisation.build(folder, run=1)
    assert git_only() is False

    organisation.build(folder, run=2, is_git_only=True)
    first.unlink()

    assert git_only() is True


def test_a_page_that_began_on_a_file_ends_on_it_whatever_is_published_meanwhile(folder):
    def drawn():
        data.pin()
        before = git_only()
        organisation.build(folder, run=2, is_git_only=True)
        return before, git_only()

    organisation.build(folder, run=1)

    assert contextvars.copy_context().run(drawn) == (False, False)
    assert git_only() is True


def test_a_file_that_is_swept_away_while_opening_leads_back_to_the_pointer(folder, monkeypatch):
    organisation.build(folder, run=1)
    gone = folder / "serving" / "drumbeat-0000.duckdb"
    real, calls = data.published, []

    def late():
        calls.append(1)
        return gone if len(calls) == 1 else real()

    monkeypatch.setattr(data, "published", late)

    assert data.cursor()[0] == folder / "serving" / "drumbeat-0001.duckdb"


def test_times_are_told_in_utc(folder):
    organisation.build(folder)

    assert data.row("select as_of from config.run")["as_of"] == organisation.AS_OF
    assert data.row("select current_setting('TimeZone') as zone") == {"zone": "UTC"}


def test_a_question_without_rows_has_an_empty_row(folder):
    organisation.build(folder)

    assert data.row("select 1 where false") == {}
