"""How many calls a backfill and a refresh make, and where a killed one goes on."""

from datetime import timedelta

import pytest

from connectors.hosts.api import ENTITIES

EVERYTHING = {"runs": ["Deploy"], "incident_labels": ["incident"], "incident_types": ["Incident"]}


def busy(github, shop, count=300):
    for number in range(count):
        github.sleep(600)
        pull = shop.pull(f"Change {number}", commits=3)
        pull.review("approved")
        pull.merge("squash")
        deployment = shop.deploy("production", "in_progress")
        github.sleep(60)
        deployment.status("success")
    github.sleep(86400)


def test_a_backfill_keeps_within_three_and_two_calls_a_hundred(github, shop, site):
    busy(github, shop)
    github.calls.clear()

    site.refresh("changes", "deployments")

    assert len(site.of("changes")) == len(site.of("deployments")) == 300
    assert github.count("Changes") == 6 <= 3 * 3
    assert github.count("Deployments") == 3 <= 2 * 3
    assert len(github.calls) == 10


@pytest.mark.parametrize("pause", [0, 86400, 7 * 86400], ids=["at once", "a day", "a week"])
def test_a_refresh_without_news_costs_at_most_two_calls_a_repository(github, shop, site, pause):
    site.settings |= EVERYTHING
    for name in ("acme/api", "acme/web", "acme/docs"):
        github.repository(name)
    busy(github, shop, count=5)
    shop.release("v1.0.0")
    shop.run("Deploy")
    shop.run("Deploy", "failure")
    shop.issue("Down", labels=["incident"])
    shop.set("secrets", "DEPLOY_KEY")
    github.sleep(86400)
    site.refresh()
    github.sleep(pause)
    github.calls.clear()

    site.refresh()

    # The list, and of each repository its runs, in answers that cost no quota.
    assert sorted(call.operation or str(call.status) for call in github.calls) == [
        "304", "304", "304", "304", "Owned",
    ]  # fmt: skip


def test_a_repository_alone_with_all_that_may_still_change_costs_two_calls_and_the_list(
    github, shop, site
):
    site.settings |= {**EVERYTHING, "repositories": ["acme/shop"]}
    shop.run("Deploy", "failure")
    shop.deploy("production", "in_progress")
    shop.set("secrets", "DEPLOY_KEY")
    github.sleep(86400)
    site.refresh()
    github.calls.clear()

    site.refresh()

    assert [call.operation or call.path.rpartition("/")[2] for call in github.calls] == [
        "Named", "DeploymentsAgain", "runs",
    ]  # fmt: skip


def test_a_hundred_repositories_without_news_cost_two_calls_in_all(github, shop, site):
    for number in range(99):
        github.repository(f"acme/service-{number}").pull("One")
    github.sleep(86400)
    site.refresh(incident_labels=["incident"])
    github.calls.clear()

    site.refresh(incident_labels=["incident"])

    assert [call.operation for call in github.calls] == ["Owned", "Owned"]


def test_news_in_one_repository_cost_calls_for_that_one_alone(github, shop, site):
    github.repository("acme/api").pull("One")
    shop.pull("Two")
    github.sleep(86400)
    site.refresh("changes")
    github.calls.clear()

    shop.pull("Three")
    site.refresh("changes")

    assert [call.operation for call in github.calls] == ["Owned", "Changes"]


@pytest.mark.parametrize("entity", [one for one in ENTITIES if one != "settings"])
def test_a_backfill_killed_after_any_page_goes_on_and_reads_the_same(github, shop, site, entity):
    for number in range(230):
        github.sleep(60)
        shop.pull(f"Change {number}")
        shop.deploy("production", "success")
        shop.release(f"v1.{number}")
        shop.run("Deploy", "success" if number % 7 else "failure")
        shop.issue("Down", labels=["incident"])
    github.sleep(86400)
    site.settings |= EVERYTHING
    whole = type(site)(github, dict(site.settings)).refresh(entity)
    github.calls.clear()

    for _ in range(30):
        site.refresh(entity, stop=lambda count: count == 1)
    site.refresh(entity)

    assert len(site.of(entity)) == 230
    assert site.of(entity) == whole.of(entity)
    assert "history_since" not in site.cursors[entity]["acme/shop"]


def test_while_a_backfill_is_under_way_the_cursor_says_how_far_back_it_is(github, shop, site):
    for number in range(120):
        github.sleep(3600)
        shop.pull(f"Change {number}")

    site.refresh("changes", stop=lambda count: count == 1)

    oldest = min(one["opened_at"] for one in site.of("changes").values())
    assert site.cursors["changes"]["acme/shop"]["history_since"] == oldest


def test_what_happens_during_a_backfill_is_not_lost(github, shop, site):
    for number in range(120):
        github.sleep(60)
        shop.pull(f"Change {number}")

    def edit(request):
        if b'"after": "' in request.body:
            github.before = None
            shop.pulls[1].edit(title="Edited")
            shop.pull("New")

    github.before = edit
    site.refresh("changes")
    site.refresh("changes")

    assert len(site.of("changes")) == 121
    assert site.of("changes")["1"]["title"] == "Edited"


def test_an_earlier_first_day_is_read_back_to_though_nothing_is_new(github, shop, site):
    for number in range(3):
        github.sleep(30 * 86400)
        shop.pull(f"Change {number}")
    github.sleep(86400)
    site.refresh("changes", since=github.now - timedelta(days=45))
    assert len(site.of("changes")) == 2

    site.refresh("changes", since=github.now - timedelta(days=200))

    assert len(site.of("changes")) == 3


def test_a_page_too_heavy_for_github_is_asked_for_by_half(github, shop, site):
    for number in range(100):
        github.sleep(60)
        shop.pull(f"Change {number}")
    sizes = []
    serve = github.answer

    def answer(request):
        import json

        from tests.hosts.serving import Answer

        if b"query Changes" in request.body:
            sizes.append(json.loads(request.body)["variables"]["first"])
            if sizes[-1] > 20:
                return Answer(502, b"<html>Bad gateway</html>")
        return serve(request)

    github.answer = answer
    site.refresh("changes")

    assert len(site.of("changes")) == 100
    assert sizes[:3] == [50, 25, 12]
    assert set(sizes[3:]) == {12}
