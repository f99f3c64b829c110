"""Workflow runs that deploy, by name or by file."""

import pytest


@pytest.fixture
def deploys(site):
    site.settings["runs"] = ["Deploy*"]
    return site


def test_a_run_tells_its_jobs_last_end(github, shop, deploys):
    run = shop.run("Deploy", None, jobs=["build", "ship"], actor="deployer[bot]")
    github.at("2025-03-03 09:30")
    run.finish("success")
    run.jobs[0].completed_at = github.now.replace(minute=10)

    deploys.refresh("runs")

    assert deploys.of("runs") == {
        f"run/{run.database_id}": {
            "kind": "workflow_run",
            "name": "Deploy",
            "path": ".github/workflows/deploy.yml",
            "state": "success",
            "event": "push",
            "branch": "main",
            "sha": shop.head,
            "attempt": 1,
            "author": "deployer[bot]",
            "is_bot": True,
            "created_at": "2025-03-03T09:00:00Z",
            "started_at": "2025-03-03T09:00:00Z",
            "finished_at": "2025-03-03T09:30:00Z",
            "url": f"{github.url}/acme/shop/actions/runs/{run.database_id}",
        }
    }


def test_only_runs_that_match_are_kept_and_all_of_them_are_paged(github, shop, deploys):
    for minute in range(250):
        github.at(f"2025-03-04 {minute // 60:02d}:{minute % 60:02d}")
        shop.run("Deploy" if minute % 25 == 0 else "Tests")

    deploys.refresh("runs")

    assert len(deploys.of("runs")) == 10
    assert github.count(path="/actions/runs$") == 3
    assert github.count("RunEnds") == 3


def test_runs_within_one_second_are_not_lost_between_pages(github, shop, deploys):
    for _ in range(230):
        shop.run("Deploy")

    deploys.refresh("runs")

    assert len(deploys.of("runs")) == 230
    assert deploys.errors() == []


def test_nothing_is_asked_where_no_run_is_configured(github, shop, site):
    shop.run("Deploy")

    site.refresh("runs")

    assert github.count(path="actions") == 0


def test_a_file_that_is_named_outright_is_asked_for_alone(github, shop, site):
    github.repository("acme/other")
    for minute in range(50):
        github.at(f"2025-03-04 09:{minute:02d}")
        shop.run("Tests")
    shop.run("Ship it", path=".github/workflows/ship.yml")

    site.refresh("runs", runs=[".github/workflows/ship.yml"])

    assert [one["name"] for one in site.of("runs").values()] == ["Ship it"]
    assert github.count(path="/actions/runs$") == 0
    assert site.errors() == []


def test_a_repository_without_the_file_has_no_such_runs(github, shop, site):
    ships = [".github/workflows/ship.yml"]
    site.refresh("runs", runs=ships)
    assert site.errors() == []
    assert site.of("runs") == {}
    github.sleep(86400)
    github.calls.clear()

    site.refresh("runs", runs=ships)
    # Only a push can bring the file.
    assert github.count(path="actions") == 0

    shop.commit()
    shop.run("Ship it", path=ships[0])
    site.refresh("runs", runs=ships)
    assert [one["name"] for one in site.of("runs").values()] == ["Ship it"]


def test_of_runs_that_may_be_run_again_those_on_an_unchanged_page_are_not_asked(
    github, shop, deploys
):
    old = shop.run("Deploy", "failure")
    for _ in range(120):
        github.sleep(60)
        shop.run("Deploy")
    young = shop.run("Deploy", "failure")
    github.sleep(86400)
    deploys.refresh("runs")
    asked = []
    github.before = lambda request: asked.append(request.body.decode())

    deploys.refresh("runs")
    (again,) = [body for body in asked if "RunsAgain" in body]
    assert old.id in again
    assert young.id not in again

    young.rerun()
    young.finish("success")
    deploys.refresh("runs")
    assert deploys.of("runs")[f"run/{young.database_id}"]["state"] == "success"


def test_without_news_the_answer_is_304_and_costs_no_quota(github, shop, deploys):
    shop.run("Deploy")
    github.at("2025-03-04 09:00")
    deploys.refresh("runs")
    github.calls.clear()

    deploys.refresh("runs")

    asked = [call for call in github.calls if "actions" in call.path]
    assert [call.status for call in asked] == [304]
    assert len(deploys.of("runs")) == 1


def test_a_run_that_goes_on_is_asked_for_again_until_it_succeeds(github, shop, deploys):
    run = shop.run("Deploy", None)
    for _ in range(120):
        github.sleep(60)
        shop.run("Tests")
    deploys.refresh("runs")
    assert deploys.the("runs")["state"] == "in_progress"
    assert "finished_at" not in deploys.the("runs")

    github.at("2025-03-05 09:00")
    run.finish("success")
    deploys.refresh("runs")

    assert deploys.the("runs")["state"] == "success"
    assert deploys.the("runs")["finished_at"] == "2025-03-05T09:00:00Z"


def test_a_failed_run_that_is_run_again_becomes_the_success_that_it_is(github, shop, deploys):
    run = shop.run("Deploy", "failure")
    for _ in range(120):
        github.sleep(60)
        shop.run("Tests")
    deploys.refresh("runs")
    assert deploys.the("runs")["state"] == "failure"

    github.at("2025-03-06 09:00")
    run.rerun()
    run.finish("success")
    deploys.refresh("runs")

    told = deploys.the("runs")
    assert (told["state"], told["attempt"], told["finished_at"]) == (
        "success",
        2,
        "2025-03-06T09:00:00Z",
    )


def test_another_glob_brings_the_runs_that_it_means(github, shop, deploys):
    shop.run("Deploy")
    shop.run("Ship")
    github.at("2025-03-04 09:00")
    deploys.refresh("runs")

    deploys.refresh("runs", runs=["Deploy*", "Ship*"])

    assert {one["name"] for one in deploys.of("runs").values()} == {"Deploy", "Ship"}


def test_a_token_without_the_checks_asks_for_jobs_run_by_run(github, shop, deploys, monkeypatch):
    shop.run("Deploy", jobs=["ship"])
    github.tokens[github.token].denied = frozenset({"checks"})

    deploys.refresh("runs")

    assert deploys.the("runs")["finished_at"] == "2025-03-03T09:00:00Z"


def test_a_deleted_run_is_forgotten(github, shop, deploys):
    run = shop.run("Deploy", None)
    deploys.refresh("runs")

    shop.runs.remove(run)
    github.state.nodes.pop(run.id)
    github.at("2025-03-05 09:00")
    deploys.refresh("runs")

    assert deploys.errors() == []
    assert deploys.cursors["runs"]["acme/shop"]["lanes"][""]["watch"] == {}
