"""Whatever goes wrong on the way, once it stops what is landed is what a clean run lands."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import polars as pl
import pytest

from connectors import github as connector
from connectors.github import changes, deployments, issues, listing, releases, runs
from connectors.hosts.api import ENTITIES
from connectors.hosts.source import CodeHost
from pipelines.collecting import Collection
from pipelines.landing import Landing, run_names
from tests.hosts.fault_answers import Fault
from tests.hosts.faults import FaultProxy, RandomFaults
from tests.hosts.github_server import FakeGitHub
from tests.hosts.github_state import moment

SEEDS = range(200 if os.environ.get("DRUMBEAT_TEST_ALL") else 2)
NAME = "github"
OURS = ("source", "fetched_at")
TOLD = ("repositories", *ENTITIES)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    """Let a few things fill several pages."""
    for module in (changes, deployments, issues, releases, runs):
        monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(listing, "PAGE", 1)


@pytest.fixture
def github():
    with FakeGitHub("2025-03-03 09:00") as served:
        first_week(served)
        yield served


@pytest.fixture(scope="module")
def quiet_github():
    """Serve the first week to tests that change nothing."""
    with FakeGitHub("2025-03-03 09:00") as served:
        first_week(served)
        yield served


@pytest.fixture(scope="module")
def expected(quiet_github, tmp_path_factory):
    """Tell what a clean run lands of the first week, page sizes being as they are."""
    return clean_run(quiet_github, tmp_path_factory.mktemp("expected"))


def first_week(github):
    """Tell of two repositories, and of enough in one of them for three pages of everything."""
    github.repository("acme/api").pull("Alone").merge("rebase")
    shop = github.repository("acme/shop")
    shop.set("secrets", "DEPLOY_KEY")
    shop.set("environments", "production")
    for number in range(8):
        github.at(f"2025-03-{3 + number // 2:02} {9 + number % 2 * 4:02}:00")
        pull = shop.pull(f"Change {number}", commits=30 if number == 3 else 1, labels=["feature"])
        pull.review("approved", by="bo")
        if number % 4 != 2:
            pull.merge(("merge", "squash", "rebase")[number % 3])
        github.sleep(60)
        deployment = shop.deploy("production", "in_progress")
        github.sleep(60)
        if number < 6:
            deployment.status("success" if number % 3 else "failure")
        shop.release(f"v1.{number}.0")
        shop.run("Deploy", "success" if number < 7 else None)
        shop.run("Tests")
        shop.issue(f"Down {number}", labels=["incident"] if number % 2 else ["question"])


def second_week(github):
    """Let late things arrive and earlier ones change."""
    github.at("2025-03-10 09:00")
    shop = github.repository("acme/shop")
    shop.set("secrets", "DEPLOY_KEY")
    shop.set("variables", "REGION")
    shop.deployments[-1].status("success")
    shop.deployments[-2].status("failure")
    shop.runs[-2].finish("failure")
    shop.pulls[min(shop.pulls)].edit(title="Another title")
    shop.issues[max(shop.issues)].close()
    for number in range(4):
        github.sleep(3600)
        shop.pull(f"Later {number}").merge("squash")
        shop.deploy("production", "success")
        shop.run("Deploy")


def collect(github, url, landing, entities=TOLD, **settings):
    """Collect what the API tells, or other entities; return what could not be read."""
    api = connector.connect(
        url=url,
        token=github.token,
        repositories=["acme/*"],
        since=moment("2025-01-01 00:00"),
        reserve=0.0,
        incident_labels=["incident"],
        incident_types=[],
        runs=["Deploy*"],
        say=lambda text: None,
        sleep=github.sleep,
        clock=lambda: github.now.timestamp(),
        **settings,
    )
    clones = Path(landing.root).with_name("clones")
    host = CodeHost(api, clones, known=landing.cursors(NAME, "repositories"))
    failures = []
    for entity in entities:
        names = run_names(landing, NAME, datetime.now(UTC))
        part = Collection(landing, NAME, entity, names, stopped=Event())
        part.run(host, lambda count: None)
        failures += part.failures
    return failures


def tables(landing):
    """Return the latest version of every record by entity, as the raw tables have them."""
    found = {}
    for entity in CodeHost.entities:
        files = landing.files(NAME, entity)
        if files:
            frames = [pl.read_parquet(landing.url(file)) for file in files]
            every = pl.concat(frames, how="diagonal_relaxed").sort("fetched_at")
            kept = every.unique(["scope", "record_id"], keep="last", maintain_order=True)
            found[entity] = kept.filter(~pl.col("is_deleted")).drop(OURS).sort("scope", "record_id")
    return found


def assert_equal(landing, clean):
    told, expected = tables(landing), tables(clean)
    assert told.keys() == expected.keys()
    for entity, frame in expected.items():
        ours = told[entity].select(frame.columns).rows()
        assert ours == frame.rows(), entity


def clean_run(github, folder, entities=TOLD):
    clean = Landing(str(folder / "clean" / "landing"))
    assert collect(github, github.url, clean, entities) == []
    return clean


@pytest.mark.parametrize("seed", SEEDS)
def test_after_random_faults_nothing_is_lost_and_nothing_doubled(github, tmp_path, seed):
    landing = Landing(str(tmp_path / "landing"))
    schedule = RandomFaults(seed, share=0.35, most=3)
    with FaultProxy(github.url, schedule, clock=github.clock) as proxy:
        for _ in range(2):
            collect(github, proxy.url, landing)
        second_week(github)
        collect(github, proxy.url, landing)
        assert proxy.counts.total() - proxy.counts[Fault.PASS] > 10
        proxy.stop_faults()
        # Settings are looked at with a push, and an old answer may have come to the last one.
        github.repository("acme/shop").commit()
        assert collect(github, proxy.url, landing) == []

    assert_equal(landing, clean_run(github, tmp_path))


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault.is_quick])
def test_a_fault_on_every_third_request_is_survived(quiet_github, expected, tmp_path, fault):
    landing = Landing(str(tmp_path / "landing"))
    schedule = [Fault.PASS, Fault.PASS, fault] * 30
    with FaultProxy(quiet_github.url, schedule, clock=quiet_github.clock) as proxy:
        collect(quiet_github, proxy.url, landing)
        assert proxy.counts[fault]
        proxy.stop_faults()
        assert collect(quiet_github, proxy.url, landing) == []

    assert_equal(landing, expected)


def test_a_server_that_never_answers_is_asked_again(quiet_github, expected, tmp_path):
    landing = Landing(str(tmp_path / "landing"))
    schedule = [Fault.PASS, Fault.PASS, Fault.HANG]
    with FaultProxy(quiet_github.url, schedule, clock=quiet_github.clock) as proxy:
        assert collect(quiet_github, proxy.url, landing, timeout=1) == []
        assert proxy.counts[Fault.HANG] == 1

    assert_equal(landing, expected)


def test_git_is_read_whole_after_its_own_requests_failed(github, tmp_path):
    entities = ("repositories", "commits", "tags", "heads")
    landing = Landing(str(tmp_path / "landing"))
    faults = (Fault.BAD_GATEWAY, Fault.CLOSE, Fault.HALF, Fault.UNAVAILABLE)
    schedule = RandomFaults(1, share=0.7, most=1, faults=faults)
    nothing = re.compile("(?!)")
    with FaultProxy(github.url, schedule, clock=github.clock, spared=nothing) as proxy:
        failures = collect(github, proxy.url, landing, entities)
        proxy.stop_faults()
        assert collect(github, proxy.url, landing, entities) == []

    assert {failure.entity for failure in failures} & {*entities[1:]}
    assert_equal(landing, clean_run(github, tmp_path, entities))


def test_the_made_up_weeks_fill_every_table(github, tmp_path):
    second_week(github)

    found = tables(clean_run(github, tmp_path, CodeHost.entities))

    # Commits: 2 first ones, 42 on branches of pull requests, and 11 merges of one commit each.
    # Settings: of 2 repositories whether 10 kinds can be seen, and 4 changes.
    assert {entity: len(frame) for entity, frame in found.items()} == {
        "repositories": 2, "commits": 55, "tags": 8, "heads": 2, "changes": 13,
        "deployments": 12, "runs": 12, "releases": 8, "issues": 4, "branches": 13,
        "settings": 24,
    }  # fmt: skip
