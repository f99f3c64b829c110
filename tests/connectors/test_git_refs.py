"""Tags and the default branch read out of real repositories, and what cannot be read."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import SourceError, SourceMisconfigured
from connectors.git.command import failure
from tests.connectors.git_repository import START, Made, commits, git_source, listing, make


@pytest.fixture
def shop(tmp_path: Path) -> Made:
    """Return a repository with one commit."""
    made = make(tmp_path / "shop")
    made.commit("start", "a")
    return made


def test_a_tag_is_dated_by_its_tagger_and_else_by_its_commit(shop: Made) -> None:
    sha = shop.sha()
    shop.minute = 90
    shop.git("tag", "light")
    shop.git("tag", "--annotate", "--message=release", "annotated")

    found = listing(shop.source(), "tags")

    assert found is not None
    assert [(row.record_id, row.payload) for row in found[0]] == [
        (
            "annotated",
            {"name": "annotated", "sha": sha, "tagged_at": iso(90), "is_annotated": True},
        ),
        ("light", {"name": "light", "sha": sha, "tagged_at": iso(1), "is_annotated": False}),
    ]


def test_a_tag_of_a_tag_leads_to_the_commit(shop: Made) -> None:
    shop.git("tag", "--annotate", "--message=inner", "inner")
    shop.minute = 5
    shop.git("-c", "advice.nestedTag=false", "tag", "--annotate", "--message=outer", "v1", "inner")

    found = listing(shop.source(), "tags")

    assert found is not None
    assert found[0][1].payload["sha"] == shop.sha()
    assert found[0][1].payload["tagged_at"] == iso(5)


def test_an_old_tag_without_a_tagger_is_dated_by_its_commit(shop: Made) -> None:
    raw = f"object {shop.sha()}\ntype commit\ntag v0\n\nold\n"
    tag = shop.git("hash-object", "-t", "tag", "-w", "--literally", "--stdin", stdin=raw.encode())
    shop.git("update-ref", "refs/tags/v0", tag)

    found = listing(shop.source(), "tags")

    assert found is not None
    assert found[0][0].payload == {
        "name": "v0",
        "sha": shop.sha(),
        "tagged_at": iso(1),
        "is_annotated": True,
    }


def test_tags_of_trees_and_files_are_left_out(shop: Made) -> None:
    shop.git("tag", "tree", "HEAD^{tree}")
    shop.git("tag", "--annotate", "--message=x", "annotated-tree", "HEAD^{tree}")
    shop.git("tag", "blob", "HEAD:a")
    shop.git("-c", "advice.nestedTag=false", "tag", "--message=x", "nested", "annotated-tree")
    shop.git("tag", "api/v1.2.0")

    found = listing(shop.source(), "tags")

    assert found is not None
    assert [row.record_id for row in found[0]] == ["api/v1.2.0"]
    assert len(commits(shop.source())[0]) == 1


def test_tags_are_listed_again_when_one_moves_or_vanishes_and_only_then(shop: Made) -> None:
    shop.git("tag", "v1")
    shop.git("tag", "v2")
    first = listing(shop.source(), "tags")
    assert first is not None
    assert listing(shop.source(), "tags", first[1]) is None

    shop.git("tag", "--delete", "v1")
    second = listing(shop.source(), "tags", first[1])
    assert second is not None
    assert [row.record_id for row in second[0]] == ["v2"]

    shop.git("tag", "--delete", "v2")
    third = listing(shop.source(), "tags", second[1])
    assert third is not None
    assert third[0] == []
    assert listing(shop.source(), "tags", third[1]) is None


def test_a_repository_that_never_had_tags_yields_none(shop: Made) -> None:
    assert listing(shop.source(), "tags") is None


def test_the_default_branch_is_the_one_checked_out_where_there_is_no_remote(shop: Made) -> None:
    shop.git("branch", "other")

    found = listing(shop.source(), "heads")

    assert found is not None
    assert [row.payload for row in found[0]] == [
        {"name": "main", "sha": shop.sha(), "is_default": True}
    ]
    assert listing(shop.source(), "heads", found[1]) is None


def test_a_branch_can_be_named(shop: Made) -> None:
    shop.git("checkout", "--quiet", "-b", "release/1")
    sha = shop.commit()
    shop.git("checkout", "--quiet", "main")

    found = listing(shop.source(branch="release/1"), "heads")

    assert found is not None
    assert (found[0][0].record_id, found[0][0].payload["sha"]) == ("release/1", sha)


def test_in_a_work_clone_the_remote_branch_counts_unless_the_local_one_is_ahead(
    shop: Made, tmp_path: Path
) -> None:
    shop.git("clone", "--quiet", str(shop.path), str(tmp_path / "work"))
    work = Made(tmp_path / "work", minute=10)
    pushed = shop.commit("pushed by someone else")
    work.git("fetch", "--quiet")
    work.git("checkout", "--quiet", "-b", "feature")
    behind = listing(work.source(), "heads")
    work.git("checkout", "--quiet", "main")
    work.git("merge", "--quiet", "--ff-only", "origin/main")
    mine = work.commit("not yet pushed")
    ahead = listing(work.source(), "heads")

    assert behind is not None
    assert behind[0][0].payload == {"name": "main", "sha": pushed, "is_default": True}
    assert ahead is not None
    assert ahead[0][0].payload == {"name": "main", "sha": mine, "is_default": True}


def test_a_detached_checkout_falls_back_to_main(shop: Made) -> None:
    shop.git("checkout", "--quiet", "--detach")
    shop.git("branch", "another")

    found = listing(shop.source(), "heads")

    assert found is not None
    assert found[0][0].record_id == "main"


def test_a_linked_work_tree_and_a_bare_repository_are_read_in_place(
    shop: Made, tmp_path: Path
) -> None:
    shop.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    shop.git("clone", "--quiet", "--bare", str(shop.path), str(tmp_path / "bare"))

    for name in ("linked", "bare"):
        found, _ = commits(git_source(str(tmp_path / name), tmp_path / "unused"))
        assert found["record_id"].to_list() == [shop.sha()]


def test_an_entity_that_git_has_not_is_refused(shop: Made) -> None:
    with pytest.raises(ValueError, match="only commits, tags, heads"):
        list(shop.source().collect("issues", {}))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    says(tmp_path / "gone", "there is no folder .*gone: clone it there, or name its URL")


def test_an_error_is_the_answer_to_every_entity_of_one_collection(tmp_path: Path) -> None:
    source = git_source(str(tmp_path / "shop"), tmp_path / "clone")
    with pytest.raises(SourceMisconfigured, match="shop"):
        list(source.collect("commits", {}))
    made = make(tmp_path / "shop")
    made.commit("start", "a")

    with pytest.raises(SourceMisconfigured, match="shop"):
        list(source.collect("heads", {}))
    assert list(made.source().collect("heads", {}))


def test_a_folder_without_git_is_not_taken_for_the_repository_around_it(shop: Made) -> None:
    inner = shop.path / "inner"
    inner.mkdir()

    says(inner, "not a git repository: name the folder that holds `.git`")


def test_a_repository_without_commits_says_so(tmp_path: Path) -> None:
    says(make(tmp_path / "new").path, "has no commits yet: commit and push something")


def test_an_unknown_branch_names_those_there_are(shop: Made) -> None:
    with pytest.raises(SourceMisconfigured, match="no branch 'mian': set `branch` to one of main"):
        list(shop.source(branch="mian").collect("heads", {}))


def test_a_repository_that_names_no_default_asks_for_one(shop: Made) -> None:
    shop.git("branch", "--move", "one")
    shop.git("branch", "two")
    shop.git("checkout", "--quiet", "--detach")

    says(shop.path, "does not say which branch is its default: set `branch` to one of one, two")


def test_a_shallow_clone_is_refused_with_the_remedy(shop: Made, tmp_path: Path) -> None:
    shop.commit()
    shop.git("clone", "--quiet", "--depth=1", f"file://{shop.path}", str(tmp_path / "shallow"))

    says(tmp_path / "shallow", "shallow clone.*run `git fetch --unshallow`")


def test_a_clone_without_trees_cannot_give_paths(shop: Made, tmp_path: Path) -> None:
    told = ("clone", "--quiet", "--bare", "--filter=tree:0")
    shop.git(*told, f"file://{shop.path}", str(tmp_path / "treeless"))
    source = git_source(str(tmp_path / "treeless"), tmp_path / "unused", with_paths=True)

    with pytest.raises(SourceMisconfigured, match=r"lacks the trees.*name its URL instead"):
        list(source.collect("commits", {}))
    assert len(commits(git_source(source.location, source.clone))[0]) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user_is_refused_with_the_remedy(
    shop: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (shop.path, shop.path / ".git"):
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)

    says(shop.path, "belongs to another user.*safe.directory")


def test_dubious_ownership_is_explained() -> None:
    error = failure("log", "shop", "fatal: detected dubious ownership in repository at '/x'")

    assert isinstance(error, SourceMisconfigured)
    assert "safe.directory" in str(error)


def test_a_machine_without_git_is_told_to_install_it(
    shop: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    says(shop.path, "git was not found: install git 2.31 or newer")


def says(path: Path, message: str) -> None:
    """Check that reading ``path`` fails with ``message`` and the scope's name."""
    with pytest.raises(SourceError, match=message) as raised:
        list(git_source(str(path), path.parent / "unused").collect("commits", {}))
    assert "shop" in str(raised.value)


def iso(minute: int) -> str:
    """Return the moment of ``minute`` as payloads hold it."""
    at = datetime.fromtimestamp(START + 60 * minute, tz=UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
