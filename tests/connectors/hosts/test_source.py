"""One host as a connector: scopes, names, failures."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import SourceMisconfigured, SourceUnavailable
from connectors.hosts.api import Repository
from connectors.hosts.source import CodeHost, scoped
from connectors.records import Batch, Failure, Record
from tests.connectors.git_repository import make

NOW = datetime(2025, 3, 1, 10, tzinfo=UTC)


class Host:
    """An API of a few repositories that counts what it is asked."""

    host = "code.example.org"

    def __init__(self, *listed, errors=None, locations=None):
        self.listed, self.errors, self.asked = listed, errors or {}, []
        self.locations = locations or {}

    def repositories(self):
        self.asked.append("repositories")
        for one in self.listed:
            if isinstance(one, Exception):
                raise one
            yield one

    def batches(self, entity, repository, scope, cursor):
        self.asked.append((entity, repository.full_name))
        if repository.full_name in self.errors:
            raise self.errors[repository.full_name]
        yield Batch(entity, scope, [Record(entity, "1", {"n": 1})], {"newest": None})

    def clone_url(self, repository):
        return self.locations[repository.id]


def repository(id_, name, **told):
    return Repository(id_, name, f"https://code.example.org/{name}", "main", **told)


def collect(api, entity, known=None, cursors=None, folder="nowhere"):
    host = CodeHost(api, Path(folder), known or {})
    return list(host.collect(entity, cursors or {}))


def landed(found):
    """Return cursors as landing would have them."""
    return {one.scope: json.loads(json.dumps(one.cursor)) for one in found}


def test_a_repository_lands_with_its_name_as_scope():
    api = Host(repository("1", "acme/shop", created_at=NOW, environments=("live", "test")))

    (batch,) = collect(api, "repositories")

    assert batch.scope == "acme/shop"
    assert batch.rows[0].payload == {
        "id": "1",
        "name": "acme/shop",
        "full_name": "acme/shop",
        "default_branch": "main",
        "is_archived": False,
        "is_fork": False,
        "environments": "live;test",
        "url": "https://code.example.org/acme/shop",
        "created_at": "2025-03-01T10:00:00Z",
    }


def test_a_repository_that_moves_about_keeps_its_scope_and_all_its_names():
    cursors = {}
    for name in ("acme/shop", "acme/store", "other/store", "acme/shop"):
        found = collect(Host(repository("1", name)), "repositories", cursors, cursors)
        cursors = landed(found)

    assert list(cursors) == ["acme/shop"]
    told = cursors["acme/shop"]
    assert told["full_name"] == "acme/shop"
    assert told["former_names"].split() == ["acme/store", "other/store"]


def test_names_of_repositories_that_swap_are_told_apart():
    first = landed(collect(Host(repository("1", "a/x"), repository("2", "a/y")), "repositories"))
    api = Host(repository("1", "a/y"), repository("2", "a/x"))

    found = collect(api, "repositories", first, first)

    assert {one.scope: one.cursor["full_name"] for one in found} == {"a/x": "a/y", "a/y": "a/x"}


def test_a_new_repository_under_a_known_name_has_a_scope_of_its_own():
    known = landed(collect(Host(repository("1", "acme/shop")), "repositories"))
    api = Host(repository("2", "acme/shop"))

    found = collect(api, "repositories", known, known)

    assert [one.scope for one in found] == ["acme/shop~2", "acme/shop"]
    assert found[1].cursor["is_gone"] is True
    # And it keeps it.
    again = landed(found)
    assert [scope for scope, _ in scoped(api.listed, again)] == ["acme/shop~2"]


def test_a_repository_that_is_listed_twice_is_read_once():
    api = Host(repository("1", "acme/shop"), repository("1", "acme/shop"))

    assert len(collect(api, "repositories")) == 1


def test_a_repository_that_comes_back_is_gone_no_more():
    known = landed(collect(Host(repository("1", "acme/shop")), "repositories"))
    gone = landed(collect(Host(), "repositories", known, known))
    assert gone["acme/shop"]["is_gone"] is True

    (batch,) = collect(Host(repository("1", "acme/shop")), "repositories", gone, gone)

    assert "is_gone" not in batch.rows[0].payload


def test_nothing_is_gone_when_something_could_not_be_listed():
    known = landed(collect(Host(repository("1", "acme/shop")), "repositories"))
    failure = Failure("repositories", "acme", SourceMisconfigured("no"))

    assert collect(Host(failure), "repositories", known, known) == [failure]


def test_one_that_fails_stops_no_other():
    api = Host(
        repository("1", "acme/shop"),
        repository("2", "acme/till"),
        errors={"acme/shop": SourceUnavailable("down")},
    )

    found = collect(api, "changes")

    assert sorted((type(one).__name__, one.scope) for one in found) == [
        ("Batch", "acme/till"), ("Failure", "acme/shop"),
    ]  # fmt: skip


def test_an_error_in_our_own_code_is_not_taken_for_the_hosts():
    api = Host(repository("1", "acme/shop"), errors={"acme/shop": KeyError("oops")})

    with pytest.raises(KeyError):
        collect(api, "changes")


def test_what_is_wrong_with_the_host_is_raised_for_every_entity_and_asked_once():
    api = Host(SourceMisconfigured("token"))
    host = CodeHost(api, Path("nowhere"))

    for entity in ("repositories", "changes", "commits"):
        with pytest.raises(SourceMisconfigured, match="token"):
            list(host.collect(entity, {}))
    assert api.asked == ["repositories"]


def test_repositories_are_listed_once_for_all_entities_and_threads():
    api = Host(repository("1", "acme/shop"))
    host = CodeHost(api, Path("nowhere"))
    threads = [threading.Thread(target=host.found) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    list(host.collect("changes", {}))

    assert api.asked.count("repositories") == 1


def test_what_has_nothing_new_is_not_asked():
    known = {"newest": "2025-03-01T10:00:00Z", "is_settled": True}
    one = repository("1", "acme/shop", newest={"changes": NOW})
    api = Host(one)

    assert collect(api, "changes", cursors={"acme/shop": known}) == []
    # Of deployments the listing tells nothing.
    assert len(collect(api, "deployments", cursors={"acme/shop": known})) == 1
    assert len(collect(api, "changes", cursors={})) == 1


def test_an_unknown_entity_is_refused():
    with pytest.raises(ValueError, match="a code host has no 'wishes'"):
        collect(Host(), "wishes")


def test_code_is_read_through_git_under_the_scope(tmp_path):
    git = make(tmp_path / "origin")
    git.commit("First")
    git.git("tag", "v1")
    known = {"acme/old": {"id": "1", "full_name": "acme/old"}}
    empty = Repository("2", "acme/empty", "https://code.example.org/acme/empty")
    location = (tmp_path / "origin").as_uri()
    api = Host(repository("1", "acme/new"), empty, locations={"1": location})
    host = CodeHost(api, tmp_path / "clones", known)

    commits = list(host.collect("commits", {}))
    tags = list(host.collect("tags", {}))

    assert [(one.scope, len(one.rows)) for one in commits] == [("acme/old", 1)]
    assert [row.record_id for row in tags[0].rows] == ["v1"]
    assert [path.name for path in (tmp_path / "clones").iterdir()] == ["acme%2Fold.git"]


def test_scopes_that_look_alike_have_clones_of_their_own(tmp_path):
    names = ("a/b__c", "a__b/c", "a/b.c", "a/b-c")
    locations = {}
    for number, name in enumerate(names):
        git = make(tmp_path / f"o{number}")
        git.commit(f"First of {name}")
        locations[str(number)] = (tmp_path / f"o{number}").as_uri()
    api = Host(
        *[repository(str(number), name) for number, name in enumerate(names)], locations=locations
    )

    found = list(CodeHost(api, tmp_path / "clones").collect("commits", {}))

    assert not [one for one in found if isinstance(one, Failure)]
    assert len(list((tmp_path / "clones").iterdir())) == len(names)


def test_a_clone_that_fails_is_a_failure_of_its_scope(tmp_path):
    api = Host(repository("1", "acme/shop"), locations={"1": (tmp_path / "none").as_uri()})

    (failure,) = CodeHost(api, tmp_path / "clones").collect("commits", {})

    assert (failure.entity, failure.scope) == ("commits", "acme/shop")
