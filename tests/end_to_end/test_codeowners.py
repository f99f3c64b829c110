"""Whose a change is, from the CODEOWNERS of a real clone to the numbers of teams."""

import pytest
import yaml

from pipelines import refreshing
from pipelines.configuration import parse
from pipelines.project import Project
from pipelines.settings import Run
from tests.connectors.git_repository import make
from tests.support import Silent, at, begin, published, rows

AS_OF = at("2023-11-20 00:00")
OWNED = "* @acme/core\n/api/ @acme/payments\n/web/ @acme/web @ann\n"
TEAMS = """
select name, sum(n)::int from marts.metrics
where metric = 'change_lead_time' and period = 'week' and scope = 'team' and n > 0
group by name order by name
"""


@pytest.fixture
def shop(tmp_path):
    """A release before history, and one that carries three changes, one of two teams."""
    made = make(tmp_path / "shop")
    (made.path / ".github").mkdir()
    (made.path / ".github" / "CODEOWNERS").write_text(OWNED)
    made.git("add", ".github")
    made.commit("start", "README.md")
    made.git("tag", "v1")
    made.commit("pay", "api/pay")
    made.commit("both", "api/both", "web/both")
    made.commit("read", "README.md")
    made.git("tag", "v2")
    return made


def project(shop, location, **definitions):
    text = yaml.safe_dump({
        "sources": [
            {"kind": "git", "name": "shop", "location": location, "repository": "web/shop"}
        ],
        "services": [
            {"name": "shop", "team": "core", "deployments": {"source": "shop"}},
            # Teams have numbers where they have a service, in production or not yet.
            *(
                {
                    "name": name,
                    "team": team,
                    "paths": f"{name}/**",
                    "deployments": {"tags": f"{name}/v*"},
                }
                for name, team in (("till", "Money"), ("page", "web"))
            ),
        ],
        "teams": [{"name": "Money", "owners": "@acme/payments"}],
        "definitions": definitions,
    })  # fmt: skip
    folder = shop.path.parent
    return Project(parse(text, folder / "drumbeat.yaml"), folder / "data")


def collected(found):
    begin(found.data_dir)
    outcome = refreshing.refresh(found, Run(AS_OF, AS_OF), Silent(is_terminal=False))
    assert not [one.error for one in outcome.collected if one.error]


@pytest.mark.parametrize("scheme", ["", pytest.param("file://", marks=pytest.mark.slow)])
def test_changes_count_for_the_teams_that_own_what_they_touch(shop, scheme):
    found = project(shop, f"{scheme}{shop.path}", teams_by="codeowners")
    collected(found)

    with published(found) as con:
        teams = "select left(change_id, 7), team from facts.change_teams order by team, change_id"
        sha = {
            name: shop.git("log", "--format=%h", "--abbrev=7", f"--grep=^{name}$")
            for name in ("pay", "both", "read", "start")
        }
        assert sorted(rows(con, teams)) == sorted([
            (sha["pay"], "Money"), (sha["both"], "Money"), (sha["both"], "web"),
            (sha["read"], "core"), (sha["start"], "core"),
        ])  # fmt: skip
        assert rows(con, TEAMS) == [("Money", 2), ("core", 1), ("web", 1)]


def test_the_rule_can_be_turned_on_later_and_its_file_may_change(shop):
    location = f"file://{shop.path}"
    collected(project(shop, location))
    by_service = project(shop, location)
    with published(by_service) as con:
        assert rows(con, "select count(*) from facts.change_teams") == [(0,)]
        assert rows(con, TEAMS) == [("core", 3)]

    by_owners = project(shop, location, teams_by="codeowners")
    collected(by_owners)
    with published(by_owners) as con:
        assert rows(con, TEAMS) == [("Money", 2), ("core", 1), ("web", 1)]

    # A GitLab group of the top level, which what it excludes does not concern.
    (shop.path / ".gitlab").mkdir()
    (shop.path / ".gitlab" / "CODEOWNERS").write_text("* @web @ann\n!/api/\n")
    shop.git("rm", "--quiet", "-r", ".github")
    shop.git("add", ".gitlab")
    shop.commit("all but the api is of the web")
    collected(by_owners)
    with published(by_owners) as con:
        assert rows(con, TEAMS) == [("core", 1), ("web", 2)]
