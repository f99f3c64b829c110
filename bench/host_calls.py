"""How many calls a backfill and a refresh without news make, against made-up hosts."""

import time

from connectors.hosts.api import ENTITIES
from tests.connectors.github.site import Site
from tests.connectors.gitlab.collecting import Landed, collect
from tests.hosts.github_server import FakeGitHub
from tests.hosts.gitlab_server import FakeGitLab

COUNT = 300
ALL = ("repositories", *ENTITIES)
Figures = dict[str, dict[str, float]]


def measure() -> Figures:
    """Return calls for each hundred changes and deployments, and for a refresh without news."""
    return {"github": github(), "gitlab": gitlab()}


def github() -> dict[str, float]:
    """Count what a GitHub is asked."""
    with FakeGitHub("2025-03-03 09:00") as served:
        shop = served.repository("acme/shop")
        for number in range(COUNT):
            served.sleep(600)
            pull = shop.pull(f"Change {number}", commits=3)
            pull.review("approved")
            pull.merge("squash")
            shop.deploy("production", "in_progress").status("success")
        served.sleep(86_400)
        site = Site(served)
        counted: list[int] = []
        began = time.perf_counter()
        for entity in ("changes", "deployments"):
            served.calls.clear()
            site.refresh(entity)
            # One call lists the repositories.
            counted.append(len(served.calls) - 1)
        seconds = time.perf_counter() - began
        shop.set("secrets", "DEPLOY_KEY")
        site.refresh()
        # The first refresh of a day, and of a week.
        served.sleep(7 * 86_400)
        served.calls.clear()
        site.refresh()
        return figures(counted, len(served.calls), seconds)


def gitlab() -> dict[str, float]:
    """Count what a GitLab is asked."""
    with FakeGitLab() as served:
        shop = served.state.project("acme/shop")
        for number in range(COUNT):
            served.state.wait(minutes=13)
            shop.merge(shop.merge_request(f"Change {number}", commits=3))
            shop.deploy()
        served.state.wait(minutes=1440)
        landed, counted = Landed(), list[int]()
        began = time.perf_counter()
        for entity in ("changes", "deployments"):
            served.calls.clear()
            collect(served, landed, entities=("repositories", entity))
            counted.append(len(served.calls) - 1)
        seconds = time.perf_counter() - began
        shop.role, shop.variables = 40, [{"key": "DEPLOY_KEY"}]
        collect(served, landed, entities=ALL)
        served.state.wait(days=7)
        served.calls.clear()
        collect(served, landed, entities=ALL)
        return figures(counted, len(served.calls), seconds)


def figures(counted: list[int], quiet: int, seconds: float) -> dict[str, float]:
    """Return what was counted, for each hundred."""
    changes, deployments = (round(calls * 100 / COUNT, 2) for calls in counted)
    return {
        "calls_for_100_changes": changes,
        "calls_for_100_deployments": deployments,
        "calls_of_a_refresh_without_news": quiet,
        "seconds": round(seconds, 2),
    }
