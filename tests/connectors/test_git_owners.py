"""CODEOWNERS of real repositories: where it lies, what of it is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.codeowners import PLACES
from connectors.errors import SourceError
from tests.connectors.git_repository import Made, commits, git_source, listing, make

TEXT = """\
# whose is what
*        @acme/core ann@example.invalid @ann
/api/    @acme/payments @acme/web # both
/gen/
[Docs][2] @acme/writers
*.md
"""
HELD = [
    ("000001", "", "*", "@acme/core"),
    ("000002", "", "/api/", "@acme/payments @acme/web"),
    ("000003", "", "/gen/", ""),
    ("000004", "docs", "*.md", "@acme/writers"),
]
WANTED = {"with_paths": True, "with_owners": True}


@pytest.fixture
def shop(tmp_path: Path) -> Made:
    made = make(tmp_path / "shop")
    made.commit("start", "api/a", "README.md")
    return made


def own(made: Made, place: str, text: str) -> None:
    (made.path / place).parent.mkdir(exist_ok=True)
    (made.path / place).write_text(text)
    made.git("add", "--", place)
    made.commit(f"owners in {place}")


def kept(found) -> list[tuple[str, ...]]:
    assert found is not None
    return [
        (row.record_id, *(row.payload[key] for key in ("section", "pattern", "owners")))
        for row in found[0]
    ]


def test_rules_are_kept_in_order_with_teams_alone(shop: Made) -> None:
    own(shop, "CODEOWNERS", TEXT)

    assert kept(listing(shop.source(**WANTED), "owners")) == HELD


def test_a_clone_without_files_fetches_the_one_it_needs(shop: Made, tmp_path: Path) -> None:
    own(shop, "docs/CODEOWNERS", TEXT)
    source = git_source(f"file://{shop.path}", tmp_path / "clones" / "shop.git", **WANTED)

    commits(source)
    assert kept(listing(source, "owners")) == HELD

    objects = Made(source.clone).git("cat-file", "--batch-all-objects", "--batch-check")
    assert [line.split()[1] for line in objects.splitlines()].count("blob") == 1


@pytest.mark.parametrize("first", range(len(PLACES)))
def test_the_first_place_that_has_one_counts(shop: Made, first: int) -> None:
    for place in PLACES[first:]:
        own(shop, place, f"* @acme/{PLACES.index(place)}\n")

    found = listing(shop.source(**WANTED), "owners")

    assert kept(found) == [("000001", "", "*", f"@acme/{first}")]


OF_GITLAB = """\
* @shop @ann @acme/core
!*.lock # nobody's
docs/api/ @acme/writers
[Web] @acme/web
/web/
!gen/web/
"""


def test_gitlab_reads_exclusions_its_own_group_and_paths_of_any_depth(shop: Made) -> None:
    own(shop, ".gitlab/CODEOWNERS", OF_GITLAB)
    own(shop, "docs/CODEOWNERS", OF_GITLAB)

    def read(is_gitlab: bool) -> list[tuple[str, ...]]:
        source = replace(shop.source(**WANTED), repository="shop/api", is_gitlab=is_gitlab)
        return kept(listing(source, "owners"))

    assert [row[1:] for row in read(is_gitlab=True)] == [
        ("", "*", "@shop @acme/core"),
        ("", "!*.lock", ""),
        ("", "**/docs/api/", "@acme/writers"),
        ("web", "/web/", "@acme/web"),
        ("web", "!**/gen/web/", "@acme/web"),
    ]
    assert [row[2:] for row in read(is_gitlab=False)] == [
        ("*", "@acme/core"),
        ("docs/api/", "@acme/writers"),
        ("/web/", "@acme/web"),
    ]


@pytest.mark.parametrize("is_gitlab", [True, False])
def test_a_host_does_not_look_where_the_other_one_does(shop: Made, is_gitlab: bool) -> None:
    for place in (".github/CODEOWNERS", ".gitlab/CODEOWNERS"):
        own(shop, place, f"* @acme/{place[1:7]}\n")

    found = kept(listing(shop.source(is_gitlab=is_gitlab, **WANTED), "owners"))

    assert [row[3] for row in found] == ["@acme/gitlab" if is_gitlab else "@acme/github"]


def test_a_link_or_folder_of_that_name_is_no_file(shop: Made) -> None:
    (shop.path / "CODEOWNERS").symlink_to("README.md")
    shop.git("add", "CODEOWNERS")
    shop.commit("a link", "docs/CODEOWNERS/x")

    assert listing(shop.source(**WANTED), "owners") is None


def test_nothing_is_read_unless_wanted_and_nothing_new_is_told_twice(shop: Made) -> None:
    own(shop, "CODEOWNERS", TEXT)
    assert listing(shop.source(), "owners") is None
    found = listing(shop.source(**WANTED), "owners")
    assert found is not None
    assert listing(shop.source(**WANTED), "owners", found[1]) is None


def test_a_file_that_is_gone_leaves_no_rules(shop: Made) -> None:
    own(shop, "CODEOWNERS", TEXT)
    found = listing(shop.source(**WANTED), "owners")
    assert found is not None
    shop.git("rm", "--quiet", "CODEOWNERS")
    shop.commit("nobody owns anything")

    gone = listing(shop.source(**WANTED), "owners", found[1])

    assert gone is not None
    assert gone[0] == []


def test_a_clone_whose_remote_is_gone_says_so(shop: Made, tmp_path: Path) -> None:
    own(shop, "CODEOWNERS", TEXT)
    source = git_source(f"file://{shop.path}", tmp_path / "clones" / "shop.git", **WANTED)
    commits(source)
    shop.path.rename(tmp_path / "moved")

    with pytest.raises(SourceError, match="shop"):
        listing(source, "owners")
