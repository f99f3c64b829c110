"""What `drumbeat try` on a clone alone answers of deployment architecture."""

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.configuration import parse, propose_from_git
from pipelines.project import Project
from tests.connectors.git_repository import START, Made, make
from tests.support import published, refresh, rows

MANIFEST = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  image: shop:1\n  replicas: 1\n"
ALEMBIC = "from alembic import op\ndef upgrade():\n    op.{}\ndef downgrade():\n    pass\n"


def wrote(made: Made, message: str, **files: str) -> str:
    for name, text in files.items():
        path = made.path / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        made.git("add", "--all")
    return made.commit(message)


def tag(made: Made, name: str, hours: int = 24) -> None:
    """Release what is there, and let time go by."""
    made.git("tag", name)
    made.minute += 60 * hours


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = tmp_path_factory.mktemp("try")
    shop = make(folder / "shop")
    wrote(shop, "Start", src__a_DOT_py="1", k8s__app_DOT_yaml=MANIFEST)
    tag(shop, "v1.0.0")
    drop = "drop_column('a', 'b')"
    wrote(shop, "Drop", alembic__versions__1_DOT_py=ALEMBIC.format(drop), src__a_DOT_py="2")
    tag(shop, "v1.1.0")
    wrote(shop, "Add", db__migrate__2_DOT_up_DOT_sql="create table a (b int)")
    tag(shop, "v1.2.0")
    wrote(shop, "Image", k8s__app_DOT_yaml=MANIFEST.replace("shop:1", "shop:2"))
    wrote(shop, "Scale", k8s__app_DOT_yaml=MANIFEST.replace(": 1\n", ": 3\n"), src__a_DOT_py="3")
    wrote(shop, "Build", _DOT_github__workflows__ci_DOT_yml="on: push")
    tag(shop, "v1.3.0")
    shop.git("checkout", "--quiet", "-b", "topic")
    wrote(shop, "Long work", src__b_DOT_py="1")
    wrote(shop, "Longer work", src__b_DOT_py="2")
    shop.git("checkout", "--quiet", "main")
    shop.minute += 60 * 24 * 20
    shop.git("revert", "--no-edit", "HEAD")
    shop.minute += 60
    tag(shop, "v1.4.0")
    found = Project(parse(propose_from_git(shop.path), folder / "drumbeat.yaml"), folder / "data")
    refresh(found, datetime.fromtimestamp(START, UTC) + timedelta(days=60))
    with published(found) as opened:
        yield opened


def test_migrations_are_told_by_what_they_do_and_what_went_with_them(con):
    assert rows(
        con, "select kind, has_other_code, state, irreversible_count "
        "from marts.architecture_migrations order by deployed_at",
    ) == [("contract", True, "risky", 1), ("expand", False, "decoupled", 0)]  # fmt: skip


def test_topology_is_told_without_images_that_moved(con):
    assert rows(
        con, "select change_count, same_change_count, was_with_code, is_readable "
        "from marts.architecture_topology",
    ) == [(2, 2, "yes", "yes")]  # fmt: skip


def test_pipelines_are_told_and_nobody_knows_who_reviewed_them(con):
    told = rows(con, "select what, is_reviewed from marts.architecture_recovery_path")

    # The second is its revert.
    assert told == [(".github/workflows/ci.yml", "unknown")] * 2


def test_long_lived_branches_and_what_they_hold_are_told_without_their_names(con):
    told = rows(
        con, "select open_branch_count, long_lived_count, long_lived_commit_count, "
        "oldest_branch_subject from marts.architecture_trunk",
    )  # fmt: skip

    assert told == [(1, 1, 2, "Long work")]


def test_batches_and_schedules_are_told(con):
    assert rows(
        con, "select deployment_count, largest_change_count from marts.architecture_batches"
    )
    assert rows(con, "select count(*) from marts.architecture_schedules") == [(4,)]


def test_a_revert_is_a_failure_that_is_inferred(con):
    assert rows(con, "select count(*) from facts.failed_deployments") == [(1,)]
