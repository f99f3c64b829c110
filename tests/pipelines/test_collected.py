"""What is told of a collection: a table, and one line for each reason that something failed."""

from collections import Counter

from connectors import Failure, SourceMisconfigured, SourceUnavailable
from pipelines.collected import Collected, table

NO_RIGHT = "the token lacks the right to read {0} of {1}; give it `actions: read`"


def failed(entity, scope, text=NO_RIGHT):
    return Failure(entity, scope, SourceMisconfigured(text.format(entity, scope)))


def host(landed=0, *failures, scopes=("a/one", "a/two")):
    entities = ("repositories", "changes", "runs")
    return Collected(
        "github", Counter(changes=landed), tuple(failures), frozenset(scopes), entities
    )


def test_a_reason_that_many_repositories_share_is_told_once():
    found = host(1, *(failed("runs", f"acme/r{number}") for number in range(13)))

    assert found.lines == [
        "acme/r0 and 12 more (runs): the token lacks the right to read runs of acme/r0; "
        "give it `actions: read`"
    ]


def test_entities_of_one_repository_that_fail_alike_are_told_once():
    found = host(1, failed("changes", "a/one"), failed("runs", "a/one"), failed("runs", "a/two"))

    (line,) = found.lines
    assert line.startswith("a/one and 1 more (changes, runs): the token lacks ")


def test_other_reasons_have_lines_of_their_own_but_not_endlessly():
    texts = [f"no answer {number}" for number in range(30)]
    found = host(1, *(failed("runs", f"acme/r{text[-1]}", text) for text in texts))

    assert len(found.lines) == 21
    assert found.lines[0] == "acme/r0 (runs): no answer 0"
    assert found.lines[-1] == "10 more failed for 10 other reasons"


def test_what_fails_a_source_as_a_whole_is_told_in_its_own_words():
    error = SourceUnavailable("github.example.org does not answer")
    found = host(0, *(Failure(entity, "", error) for entity in ("changes", "runs")))

    assert found.error == "github.example.org does not answer"
    assert found.is_failed


def test_a_source_of_which_every_repository_failed_has_failed():
    pairs = [(entity, scope) for entity in ("changes", "runs") for scope in ("a/one", "a/two")]

    assert host(0, *(failed(*pair) for pair in pairs)).is_failed
    assert not host(1, *(failed(*pair) for pair in pairs)).is_failed
    assert not host(0, *(failed(*pair) for pair in pairs[1:])).is_failed
    assert not host(0).is_failed


def test_a_source_that_could_list_nothing_has_failed():
    found = host(0, failed("repositories", "acme"), scopes=())

    assert found.is_failed
    assert found.repositories == "none read"


def test_the_table_says_what_is_new_and_how_many_repositories_were_read():
    found = host(1200, failed("runs", "a/two"))

    assert table([found, Collected("pager", Counter(incidents=3)), Collected("files")]) == (
        "source  new records  of which       repositories\n"
        "github        1,200  changes 1,200  1 read, 1 not\n"
        "pager             3  incidents 3\n"
        "files             0"
    )


def test_where_nothing_is_new_the_table_is_short():
    assert table([Collected("files", Counter(deployments=0))]) == (
        "source  new records\nfiles             0"
    )
