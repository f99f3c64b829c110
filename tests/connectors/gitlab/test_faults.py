"""Whatever goes wrong between us and GitLab, once it stops nothing is lost and nothing doubled."""

import os
import random

import pytest

from connectors.hosts.api import ENTITIES
from tests.connectors.gitlab.collecting import Landed, collect
from tests.hosts.fault_answers import Fault
from tests.hosts.faults import FaultProxy, RandomFaults
from tests.hosts.gitlab_server import FakeGitLab

SCHEDULES = 200 if os.environ.get("DRUMBEAT_TEST_ALL") else 3
ALL = ("repositories", *ENTITIES)
RULE = {"name": "main", "createdAt": "2025-01-02T09:00:00Z", "updatedAt": "2025-02-03T10:00:00Z"}
ASKED = {"repositories": ("acme/**", "acme/shop"), "runs": ("deploy",)}


@pytest.fixture(scope="module")
def busy():
    """A GitLab with two projects and several pages of everything."""
    with FakeGitLab() as gitlab:
        for path, amount in (("acme/shop", 230), ("acme/web/till", 20)):
            fill(gitlab.state.project(path), amount)
        gitlab.state.wait(days=1)
        yield gitlab


def fill(project, amount):
    project.role, project.branch_rules = 40, [RULE]
    for number in range(amount):
        project.state.wait(seconds=number % 7)
        made = project.merge_request(f"Change {number}", commits=60 if number == 7 else 2)
        for reviewer in range(120 if number == 9 else 1):
            project.note(made, "hm", by=f"user{reviewer}")
        project.merge(made)
        project.deploy(f"review/{number % 130}")
        project.pipeline("deploy")
        project.release(f"v{number}")
        project.issue(kind="incident")


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_after_the_faults_everything_is_as_without_them(busy, seed):
    dice = random.Random(seed)
    landed = Landed()
    faults = RandomFaults(seed, share=dice.choice((0.3, 0.5, 0.7)), most=dice.choice((1, 3, 9)))

    def dies():
        return dice.random() < 0.05

    with FaultProxy(busy.url, faults, clock=busy.clock) as proxy:
        for _ in range(5):
            collect(busy, landed, url=proxy.url, until=dies, entities=ALL, **ASKED)
        proxy.stop_faults()
        assert proxy.counts.total() - proxy.counts[Fault.PASS] > 10
        for _ in range(3):
            collect(busy, landed, url=proxy.url, entities=ALL, **ASKED)

    assert landed.failures == []
    clean = collect(busy, entities=ALL, **ASKED)
    assert landed.records.keys() == clean.records.keys()
    assert landed.records == clean.records
    busy.calls.clear()


def test_news_that_come_while_things_go_wrong_are_not_lost():
    with FakeGitLab() as gitlab:
        shop = gitlab.state.project("acme/shop")
        fill(shop, 130)
        landed, dice = Landed(), random.Random(1)
        with FaultProxy(gitlab.url, RandomFaults(1, 0.3, 9), clock=gitlab.clock) as proxy:
            for _ in range(8):
                gitlab.state.wait(minutes=dice.choice((1, 400)))
                for made in dice.sample(shop.merge_requests, 3):
                    shop.touch(made, labels=[f"l{dice.random()}"])
                for made in dice.sample(shop.deployments, 3):
                    shop.touch(made, status="failed")
                fill(shop, 2)
                collect(gitlab, landed, url=proxy.url, entities=ALL, **ASKED)
            proxy.stop_faults()
            gitlab.state.wait(days=1)
            for _ in range(2):
                collect(gitlab, landed, url=proxy.url, entities=ALL, **ASKED)

        assert landed.failures == []
        assert landed.records == collect(gitlab, entities=ALL, **ASKED).records
