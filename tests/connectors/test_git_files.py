"""Changed files of real repositories, read in place and through a clone without files."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from connectors.git import Git, contents
from connectors.looking import Rule
from connectors.records import Cursor
from pipelines.looking.files import Files
from pipelines.looking.rules import PATHS, READ
from tests.connectors.git_repository import Made, git_source, listing, make

RULES = tuple(Rule(topic, tool, pattern, topic in READ) for topic, tool, pattern in PATHS)
LOOKING = Files(RULES, 548)
MANIFEST = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  image: shop:1\n  replicas: 1\n"


@pytest.fixture
def shop(tmp_path: Path) -> Made:
    return make(tmp_path / "remote")


@pytest.fixture(params=["in place", "cloned"])
def source(request: pytest.FixtureRequest, shop: Made) -> Any:
    """Make connectors of one repository, one for each collection."""
    location = str(shop.path) if request.param == "in place" else f"file://{shop.path}"
    clone = shop.path.parent / "clones" / "shop.git"
    return lambda **more: git_source(location, clone, **{"looking": LOOKING, **more})


def wrote(made: Made, message: str = "a change", **files: str) -> str:
    """Commit files by their content; two underscores stand for a slash, _DOT_ for a dot."""
    for name, text in files.items():
        path = made.path / named(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        made.git("add", "--", named(name))
    return made.commit(message)


def named(name: str) -> str:
    return name.replace("__", "/").replace("_DOT_", ".")


def read(source: Git, cursor: Cursor = None) -> tuple[dict[str, int], dict[str, dict], Cursor]:
    """Return code files by commit, files by their paths, and the cursor."""
    batches = list(source.collect("changed_files", {"shop": cursor} if cursor else {}))
    commits: dict[str, int] = {}
    files: dict[str, dict] = {}
    for batch in batches:
        assert not batch.is_whole
        if isinstance(batch.rows, pl.DataFrame):
            told = map(json.loads, batch.rows["payload"])
            commits |= {row["sha"]: row["code_count"] for row in told}
        else:
            files |= {row.record_id: dict(row.payload) for row in batch.rows}
    return commits, files, batches[-1].cursor if batches else cursor


def test_each_commit_tells_its_code_and_what_its_migrations_do(shop: Made, source: Any) -> None:
    first = wrote(shop, db__migrate__1_DOT_up_DOT_sql="create table a (b int)", src__x_DOT_py="1")
    second = wrote(shop, db__migrate__1_DOT_up_DOT_sql="create table a (b int); drop table c;")
    empty = shop.commit("nothing")

    commits, files, _ = read(source())

    assert commits == {first: 1, second: 0, empty: 0}
    path = "db/migrate/1.up.sql"
    assert {key: row["operations"] for key, row in files.items()} == {
        f"{first}:{path}": "add_table",
        f"{second}:{path}": "drop_table",
    }
    assert files[f"{first}:{path}"]["topic"] == "migration"


def test_an_image_that_moves_is_told_from_a_change_of_topology(shop: Made, source: Any) -> None:
    wrote(shop, k8s__app_DOT_yaml=MANIFEST)
    image = wrote(shop, k8s__app_DOT_yaml=MANIFEST.replace("shop:1", "shop:2"))
    both = wrote(shop, k8s__app_DOT_yaml=MANIFEST.replace("shop:1", "shop:3").replace(": 1", ": 4"))

    _, files, _ = read(source())

    assert files[f"{image}:k8s/app.yaml"]["is_image_only"] is True
    assert files[f"{both}:k8s/app.yaml"]["is_image_only"] is False


def test_what_is_no_manifest_after_all_is_code(shop: Made, source: Any) -> None:
    sha = wrote(shop, deploy__users_DOT_yaml="ada: admin")

    commits, files, _ = read(source())

    assert commits == {sha: 0}
    assert files[f"{sha}:deploy/users.yaml"]["topic"] == "code"


def test_a_file_that_is_deleted_does_nothing(shop: Made, source: Any) -> None:
    wrote(shop, db__migrate__1_DOT_up_DOT_sql="create table a (b int)")
    shop.git("rm", "--quiet", "db/migrate/1.up.sql")
    gone = shop.commit("gone")

    _, files, _ = read(source())

    assert files[f"{gone}:db/migrate/1.up.sql"]["status"] == "D"
    assert "operations" not in files[f"{gone}:db/migrate/1.up.sql"]


def test_only_what_is_new_is_read_again(shop: Made, source: Any) -> None:
    wrote(shop, src__x_DOT_py="1")
    *_, cursor = read(source())
    new = wrote(shop, src__x_DOT_py="2")

    commits, files, after = read(source(), cursor)

    assert (commits, files) == ({new: 1}, {})
    assert list(source().collect("changed_files", {"shop": after})) == []


def test_other_rules_read_all_again(shop: Made, source: Any) -> None:
    sha = wrote(shop, infra__x_DOT_conf="1")
    *_, cursor = read(source())
    rule = Rule("topology", "configured", "^infra/", has_contents=True)

    commits, files, _ = read(source(looking=Files((rule, *RULES), 548)), cursor)

    assert commits == {sha: 0}
    assert files[f"{sha}:infra/x.conf"]["tool"] == "configured"


def test_what_is_older_than_the_window_is_left_alone(shop: Made, source: Any) -> None:
    wrote(shop, src__x_DOT_py="1")
    shop.minute += 2 * 24 * 60
    new = wrote(shop, src__x_DOT_py="2")

    commits, _, _ = read(source(looking=Files(RULES, 1)))

    assert commits == {new: 1}


def test_a_file_that_is_too_large_stays_unread(
    shop: Made, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "LARGEST", 10)
    sha = wrote(shop, db__migrate__1_DOT_up_DOT_sql="create table a (b int)")

    _, files, _ = read(source())

    assert files[f"{sha}:db/migrate/1.up.sql"]["operations"] == "unread"


def test_a_clone_fetches_the_files_it_needs_in_one_request(
    shop: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        wrote(shop, k8s__app_DOT_yaml=f"{MANIFEST}  n: {number}", src__x_DOT_py=f"{number}")
    asked = []
    fetch = contents.fetch
    monkeypatch.setattr(contents, "fetch", lambda *told: [asked.append(told[-1]), fetch(*told)])
    clone = shop.path.parent / "clones" / "shop.git"

    _, files, _ = read(git_source(f"file://{shop.path}", clone, looking=LOOKING))

    assert [len(ids) for ids in asked] == [4]
    assert [row["is_image_only"] for row in files.values()] == [False] * 4
    objects = Made(clone).git("cat-file", "--batch-all-objects", "--batch-check")
    assert sum(line.split()[1] == "blob" for line in objects.splitlines()) == 4


def test_a_partial_clone_that_is_read_in_place_is_not_asked_for_more(
    shop: Made, tmp_path: Path
) -> None:
    sha = wrote(shop, db__migrate__1_DOT_up_DOT_sql="create table a (b int)")
    here = tmp_path / "here"
    told = ("clone", "--quiet", "--no-checkout", "--filter=blob:none")
    shop.git(*told, f"file://{shop.path}", str(here))

    _, files, _ = read(git_source(str(here), tmp_path / "unused", looking=LOOKING))

    assert files[f"{sha}:db/migrate/1.up.sql"]["operations"] == "unread"


def test_manifests_of_the_default_branch_are_listed(shop: Made, source: Any) -> None:
    wrote(shop, k8s__app_DOT_yaml=MANIFEST, src__x_DOT_py="1", main_DOT_tf="")
    found = listing(source(), "head_files")
    assert found
    shop.git("rm", "--quiet", "main.tf")
    shop.commit("gone")

    after = listing(source(), "head_files", found[1])

    assert [row.record_id for row in found[0]] == ["k8s/app.yaml", "main.tf"]
    assert after
    assert [row.record_id for row in after[0]] == ["k8s/app.yaml"]


def test_branches_are_listed_without_the_default_one(shop: Made, source: Any) -> None:
    sha = shop.commit("start")
    shop.git("branch", "topic")

    found = listing(source(), "branches")

    assert found
    assert [(row.record_id, row.payload["sha"]) for row in found[0]] == [("topic", sha)]


def test_where_nothing_is_looked_for_nothing_is_read(shop: Made) -> None:
    shop.commit("start", "a")
    unused = shop.path.parent / "unused"

    for entity in ("changed_files", "head_files"):
        assert list(git_source(str(shop.path), unused).collect(entity, {})) == []


def test_paths_that_are_no_text_and_names_like_marks_are_read(shop: Made, source: Any) -> None:
    sha = shop.commit("odd", "a/:100644 x", "a b", "é\n", "-z", ".github/workflows/:x")

    commits, files, _ = read(source())

    assert commits == {sha: 4}
    assert list(files) == [f"{sha}:.github/workflows/:x"]
