"""How many calls are made, and that a killed collection goes on where it was."""

import pytest

from connectors.hosts.api import ENTITIES
from tests.connectors.gitlab.collecting import Landed, api, collect

ALL = ("repositories", *ENTITIES)


def fill(shop, amount=300):
    for number in range(amount):
        shop.state.wait(minutes=13)
        opened = shop.merge_request(f"Change {number}", commits=20)
        for reviewer in range(20):
            shop.note(opened, "hm", by=f"user{reviewer}")
        shop.merge(opened)
        shop.deploy()
    return shop


def test_300_merge_requests_take_9_calls(gitlab, shop):
    fill(shop)
    collect(gitlab, entities=())

    landed = collect(gitlab, entities=("changes",))

    assert len(landed.of("changes")) == 300
    # One call finds the project.
    assert len(gitlab.calls) - 1 <= 9


def test_300_deployments_take_6_calls(gitlab, shop):
    fill(shop)

    landed = collect(gitlab, entities=("deployments",))

    assert len(landed.of("deployments")) == 300
    assert len(gitlab.calls) - 1 <= 6


def test_a_refresh_without_news_takes_2_calls_for_a_project(gitlab, shop):
    fill(shop, 3)
    shop.release("v1")
    shop.issue(labels=["incident"])
    shop.role, shop.variables = 40, [{"key": "DEPLOY_KEY"}]
    gitlab.state.wait(days=1)
    landed = collect(gitlab, entities=ALL)
    # It is the first one of its day.
    gitlab.state.wait(days=7)
    before, gitlab.calls[:] = landed.versions, []

    collect(gitlab, landed, entities=ALL)

    assert [call.path.rpartition("/")[2] for call in gitlab.calls] == ["graphql", "deployments"]
    assert landed.versions == before


def test_a_refresh_of_a_group_shares_the_calls_that_find_projects(gitlab):
    for number in range(120):
        gitlab.state.project(f"acme/web/p{number}").release("v1")
    gitlab.state.wait(days=1)
    landed = collect(gitlab, entities=ALL, repositories=("acme/**",))
    before, gitlab.calls[:] = landed.versions, []

    collect(gitlab, landed, entities=ALL, repositories=("acme/**",))

    # Two pages of projects, three questions what is newest, one call each for deployments.
    assert len(gitlab.calls) == 2 + 3 + 120
    assert landed.versions == before


def test_what_is_new_takes_few_calls_and_lands_once(gitlab, shop):
    fill(shop, 150)
    gitlab.state.wait(days=1)
    landed = collect(gitlab, entities=ALL)
    gitlab.state.wait(days=1)
    shop.merge(shop.merge_request("late"))
    before, gitlab.calls[:] = landed.versions, []

    collect(gitlab, landed, entities=("changes",))

    assert landed.versions == before + 1
    assert len(gitlab.calls) == 3


@pytest.mark.parametrize("entity", ["changes", "deployments", "runs", "releases", "issues"])
def test_a_collection_killed_after_every_page_ends_as_one_that_was_not(gitlab, shop, entity):
    for number in range(430):
        gitlab.state.wait(seconds=number % 3)
        shop.merge_request(commits=1)
        shop.deploy()
        shop.pipeline("deploy")
        shop.release(f"v{number}")
        shop.issue(labels=["incident"])
    gitlab.state.wait(days=1)
    asked = {"entities": (entity,), "runs": ("deploy",)}
    whole = collect(gitlab, **asked)
    assert len(whole.of(entity)) == 430

    landed, cursor = Landed(), None
    repository = next(api(gitlab).repositories())
    for _ in range(10):
        gitlab.calls.clear()
        reader = api(gitlab, runs=("deploy",))
        batch = next(reader.batches(entity, repository, "acme/shop", cursor))
        landed.take(batch)
        cursor = landed.cursors[entity]["acme/shop"]
        # What is landed is not asked for again: a page, a page of environments or its details.
        assert len(gitlab.calls) <= 1 + 5
        if "newest" in cursor:
            break
    assert landed.records == whole.records
    assert "history_since" not in cursor


def test_a_killed_backfill_says_how_far_back_it_is(gitlab, shop):
    for _ in range(150):
        gitlab.state.wait(days=1)
        shop.deploy()

    landed = collect(gitlab, until=lambda: True, entities=("deployments",))

    cursor = landed.cursors["deployments"]["acme/shop"]
    assert cursor["history_since"] == "2025-04-21T10:00:00Z"


def test_nothing_older_than_the_first_day_is_read(gitlab, shop):
    for _ in range(10):
        shop.deploy()
        gitlab.state.wait(days=1)
    first = gitlab.clock().replace(day=8, hour=0)

    assert len(collect(gitlab, since=first, entities=("deployments",)).of("deployments")) == 3


def test_an_earlier_first_day_reads_what_lacked(gitlab, shop):
    for _ in range(10):
        shop.deploy()
        gitlab.state.wait(days=1)
    first = gitlab.clock().replace(day=8, hour=0)
    landed = collect(gitlab, since=first, entities=("deployments",))

    collect(gitlab, landed, since=first.replace(day=3), entities=("deployments",))

    assert len(landed.of("deployments")) == 8
