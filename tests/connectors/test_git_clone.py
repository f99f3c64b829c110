"""Bare clones of real remotes, reached by file:// URLs."""

from pathlib import Path

import pytest

from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable
from connectors.git import Git
from connectors.git.clone import is_remote
from connectors.git.command import failure, mask
from tests.connectors.git_repository import Made, commits, git_source, listing, make


@pytest.fixture
def shop(tmp_path: Path) -> Made:
    """Return a remote with a commit and a tag."""
    made = make(tmp_path / "remote")
    made.commit("start", "a", "b/c")
    made.git("tag", "--annotate", "--message=release", "v1")
    return made


def remote(shop: Made, **fields: object) -> Git:
    """Return a new connector that reads ``shop`` by URL; a collection makes one each."""
    return git_source(f"file://{shop.path}", shop.path.parent / "clones" / "shop.git", **fields)


def test_a_remote_is_cloned_without_its_files(shop: Made) -> None:
    source = remote(shop)

    found, _ = commits(source)
    tags = listing(source, "tags")

    assert found["record_id"].to_list() == [shop.sha()]
    assert tags is not None
    assert tags[0][0].payload["sha"] == shop.sha()
    objects = Made(source.clone).git("cat-file", "--batch-all-objects", "--batch-check")
    assert {line.split()[1] for line in objects.splitlines()} == {"commit", "tag"}


def test_where_paths_are_wanted_the_clone_has_trees_but_no_files(shop: Made) -> None:
    found, _ = commits(remote(shop, with_paths=True))

    assert found["paths"].to_list() == [["a", "b/c"]]
    clone = Made(remote(shop).clone)
    objects = clone.git("cat-file", "--batch-all-objects", "--batch-check")
    assert {line.split()[1] for line in objects.splitlines()} == {"commit", "tag", "tree"}


def test_paths_wanted_later_make_the_clone_again(shop: Made) -> None:
    _, cursor = commits(remote(shop))

    found, cursor = commits(remote(shop, with_paths=True), cursor)
    new = shop.commit("more", "d")
    more, _ = commits(remote(shop, with_paths=True), cursor)

    assert found["paths"].to_list() == [["a", "b/c"]]
    assert more.select("record_id", "paths").row(0) == (new, ["d"])


def test_the_next_collection_fetches_what_was_pushed_and_drops_what_vanished(shop: Made) -> None:
    shop.git("branch", "gone")
    _, cursor = commits(remote(shop))
    tags = listing(remote(shop), "tags")
    new = shop.commit("more")
    shop.git("branch", "--delete", "--force", "gone")
    shop.git("tag", "--delete", "v1")
    shop.git("tag", "v2")

    found, _ = commits(remote(shop), cursor)
    assert tags is not None
    after = listing(remote(shop), "tags", tags[1])

    assert found["record_id"].to_list() == [new]
    assert after is not None
    assert [row.record_id for row in after[0]] == ["v2"]
    assert "gone" not in Made(remote(shop).clone).git("branch", "--list")


def test_a_forced_push_and_a_moved_tag_are_followed(shop: Made) -> None:
    shop.commit("given up")
    _, cursor = commits(remote(shop))
    shop.git("reset", "--quiet", "--hard", "HEAD~1")
    new = shop.commit("instead")
    shop.git("tag", "--force", "v1")

    found, _ = commits(remote(shop), cursor)
    tags = listing(remote(shop), "tags")

    assert found["record_id"].to_list() == [new]
    assert tags is not None
    assert tags[0][0].payload["sha"] == new


def test_a_renamed_default_branch_is_followed(shop: Made) -> None:
    listing(remote(shop), "heads")
    shop.git("branch", "--move", "main", "trunk")

    found = listing(remote(shop), "heads")

    assert found is not None
    assert [row.record_id for row in found[0]] == ["trunk"]


def test_all_entities_of_one_collection_tell_of_one_moment(shop: Made) -> None:
    source = remote(shop)
    commits(source)
    shop.git("tag", "v2")

    early, late = listing(source, "tags"), listing(remote(shop), "tags")

    assert early is not None
    assert late is not None
    assert [len(early[0]), len(late[0])] == [1, 2]


@pytest.mark.parametrize("target", ["HEAD^{tree}", "HEAD:a"])
@pytest.mark.parametrize("kind", ["--no-sign", "--annotate"])
def test_a_remote_with_tags_of_trees_or_files_is_cloned_with_what_they_need(
    shop: Made, target: str, kind: str
) -> None:
    listing(remote(shop), "tags")
    message = [] if kind == "--no-sign" else ["--message=x"]
    shop.git("tag", kind, *message, "odd", target)
    new = shop.commit("more", "d")

    for _ in range(2):
        found = listing(remote(shop), "tags")
        rows, _ = commits(remote(shop, with_paths=True))

        assert found is not None
        assert [row.record_id for row in found[0]] == ["v1"]
        assert rows.select("record_id", "paths").row(0) == (new, ["d"])


def test_references_of_pull_requests_are_not_fetched(shop: Made) -> None:
    shop.git("update-ref", "refs/pull/7/head", shop.commit("proposed"))
    shop.git("reset", "--quiet", "--hard", "HEAD~1")

    assert commits(remote(shop))[0]["subject"].to_list() == ["start"]


@pytest.mark.parametrize("damage", ["nothing inside", "no refs", "a lock", "no objects"])
def test_a_clone_that_was_killed_or_damaged_is_made_again(shop: Made, damage: str) -> None:
    source = remote(shop)
    commits(source)
    for path in sorted(source.clone.rglob("*"), reverse=True):
        kept = {
            "nothing inside": False,
            "no refs": "packed-refs" not in path.name and "refs" not in path.parts,
            "a lock": True,
            "no objects": "objects" not in path.parts,
        }[damage]
        if path.is_file() and not kept:
            path.unlink()
    if damage == "a lock":
        (source.clone / "packed-refs.lock").touch()
        (source.clone / "refs/heads").mkdir(parents=True, exist_ok=True)
        (source.clone / "refs/heads/main.lock").touch()
    new = shop.commit("more")

    found, _ = commits(remote(shop))

    assert found["record_id"].to_list() == [new, shop.sha("HEAD~1")]


def test_what_a_killed_clone_left_behind_is_swept_away(shop: Made) -> None:
    clones = remote(shop).clone.parent
    leftover = clones / ".shop.git.abc.partial"
    leftover.mkdir(parents=True)
    (leftover / "HEAD").touch()

    commits(remote(shop))

    assert [path.name for path in clones.iterdir()] == ["shop.git"]


def test_a_clone_of_another_location_is_made_again(shop: Made, tmp_path: Path) -> None:
    commits(remote(shop))
    other = make(tmp_path / "other")
    sha = other.commit("elsewhere")

    found, _ = commits(git_source(f"file://{other.path}", remote(shop).clone))

    assert found["record_id"].to_list() == [sha]


def test_a_failed_clone_keeps_the_old_one_and_leaves_nothing_behind(shop: Made) -> None:
    source = remote(shop)
    commits(source)
    shop.path.rename(shop.path.with_name("away"))

    with pytest.raises(SourceUnavailable, match=r"git ls-remote of shop failed: .*Try it by hand"):
        commits(remote(shop))
    assert [path.name for path in source.clone.parent.iterdir()] == ["shop.git"]
    assert Made(source.clone).sha("main")


def test_a_remote_without_commits_says_so(tmp_path: Path) -> None:
    empty = make(tmp_path / "empty")

    with pytest.raises(SourceMisconfigured, match="has no commits yet"):
        commits(remote(empty))


def test_a_shallow_remote_is_refused(shop: Made, tmp_path: Path) -> None:
    shop.commit()
    shop.git("clone", "--quiet", "--depth=1", f"file://{shop.path}", str(tmp_path / "shallow"))
    Made(tmp_path / "shallow").git("config", "uploadpack.allowFilter", "true")

    with pytest.raises(SourceError, match="shallow"):
        commits(remote(Made(tmp_path / "shallow")))


@pytest.mark.parametrize(
    "location", ["ext::sh -c touch% /tmp/x", "foo://host/x", "fd::17", "ftp://host/x"]
)
def test_transports_that_could_run_programs_are_refused(location: str, tmp_path: Path) -> None:
    with pytest.raises(SourceMisconfigured, match="is not allowed: use https, ssh"):
        commits(git_source(location, tmp_path / "clone"))


@pytest.mark.parametrize("location", ["--upload-pack=touch x", "-x", "ssh://-oProxyCommand=x/y"])
def test_a_location_is_never_taken_for_an_option(location: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        commits(git_source(location, tmp_path / "clone"))


def test_a_token_in_the_url_is_neither_told_nor_kept(shop: Made) -> None:
    location = f"file://user:s3cret@localhost{shop.path}"
    gone = git_source("http://user:s3cret@127.0.0.1:9/shop.git", shop.path.parent / "gone")

    with pytest.raises(SourceError) as raised:
        commits(gone)
    assert "s3cret" not in str(raised.value)
    assert "//***@localhost" in str(failure("fetch", "shop", f"fatal: cannot read '{location}/'"))
    assert (
        mask("see https://a:b@host/x and ssh://t@h/y") == "see https://***@host/x and ssh://***@h/y"
    )


def test_the_clone_holds_no_url(shop: Made) -> None:
    source = remote(shop)
    commits(source)

    settings = Made(source.clone).git("config", "--local", "--list")

    assert "url=" not in settings
    assert f"drumbeat.location=file://{shop.path}" in settings
    assert not (source.clone / "FETCH_HEAD").exists()


def test_urls_are_told_from_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "git@host:here").mkdir()

    assert [is_remote(location) for location in ("https://h/x", "git@h.org:x/y", "file:///x")] == [
        True,
        True,
        True,
    ]
    assert [is_remote(location) for location in ("/x", ".", "../x", "C:\\x", "git@host:here")] == [
        False,
        False,
        False,
        False,
        False,
    ]
