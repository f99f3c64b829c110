"""A cluster is followed step by step, through breaks, kills and a history that is gone."""

import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import polars as pl
import pytest
import yaml

from connectors.delivery import Followed, Places, kubeconfig
from connectors.delivery.cluster import connect
from pipelines.clusters import kubernetes
from pipelines.configuration import ConfigurationError, load
from pipelines.landing import Landing
from pipelines.project import Project
from pipelines.watching import MOST_PAST, VERSIONS, Watch, merged, together
from tests.connectors.delivery import objects as made
from tests.connectors.delivery.test_cluster import config
from tests.connectors.delivery.watch_server import serving

ROOT = Path(__file__).parents[2]
PLACES = Places({}, {"shop-*": "production"})
ARGO = "/apis/argoproj.io/v1alpha1"
ROLLOUTS, RUNS = f"{ARGO}/rollouts", f"{ARGO}/analysisruns"
CANARIES = "/apis/flagger.app/v1beta1/canaries"
APPLICATIONS = f"{ARGO}/applications"
SEEN = ("rollouts", "analysisruns")
SEVENTH, EIGHTH = (f"argo_rollouts/shop-prod/checkout/{revision}" for revision in (7, 8))


@pytest.fixture
def server():
    with serving() as found:
        found.has(ROLLOUTS, rollout("6", made.DONE))
        found.has(RUNS)
        yield found


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path / "landing")


def rollout(revision, status=None):
    return made.rollout(revision=revision, status=status)


def weighing(percent):
    return {"canary": {"weights": {"canary": {"weight": percent}}}}


def eventually(holds):
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it did not come to be"
        time.sleep(0.02)


@contextmanager
def watching(landing, server, tmp_path, said=None, **keys):
    """Follow the server in a thread; what was seen is landed at the end."""
    access = kubeconfig.read(config(tmp_path, server.url))
    cluster = connect(access, sleep=lambda seconds: None)
    stop = Event()
    say = said.append if said is not None else (lambda text: None)
    one = Watch(landing, "c", cluster, PLACES, say, stop, seconds=keys.pop("seconds", 3), pace=0.01)
    thread = Thread(target=one.run)
    thread.start()
    try:
        eventually(lambda: not one.listing)
        yield one
    finally:
        stop.set()
        thread.join()
        cluster.close()


def landed(landing, entity):
    """Return what is landed of an entity by id, the latest version of each."""
    frames = [pl.read_parquet(landing.url(file)) for file in landing.files("c", entity)]
    if not frames:
        return {}
    rows = pl.concat(frames, how="diagonal").sort("fetched_at").iter_rows(named=True)
    return {row["record_id"]: yaml.safe_load(row["payload"]) for row in rows}


def weights(landing):
    """Return the shares of traffic of the seventh rollout, by time."""
    found = landed(landing, "traffic_weights").values()
    return sorted(
        (one["changed_at"][11:16], one["weight"]) for one in found if one["rollout_id"] == SEVENTH
    )


def steps(server):
    """Let a rollout go from a fifth to a half to all, and be judged on the way."""
    server.step(ROLLOUTS, "MODIFIED", rollout("7", weighing(20)), "2026-03-10T09:01:00Z")
    server.step(RUNS, "ADDED", made.analysis_run(phase="Running"), "2026-03-10T09:05:00Z")
    server.step(ROLLOUTS, "MODIFIED", rollout("7", weighing(50)), "2026-03-10T09:07:00Z")
    server.step(RUNS, "MODIFIED", made.analysis_run(), "2026-03-10T09:10:00Z")
    server.step(ROLLOUTS, "MODIFIED", rollout("7", made.DONE), "2026-03-10T09:20:00Z")
    # A cluster that forgets takes nothing back of what was seen.
    server.step(RUNS, "DELETED", made.analysis_run(), "2026-03-10T09:21:00Z")


def reached(watch, kind):
    """Return the version that a kind has got to, as a number."""
    return int(watch.versions.get(f"argoproj.io/v1alpha1/{kind}/", 0))


ALL = [("09:01", 0.2), ("09:07", 0.5), ("09:20", 1.0)]


def complete(landing):
    """Tell whether every step of the seventh rollout is landed, as told and not as sampled."""
    found = landed(landing, "progressive_rollouts").get(SEVENTH, {})
    assert found.get("is_sampled") is False
    runs = [one for one in landed(landing, "analyses").values() if one["rollout_id"] == SEVENTH]
    assert [one["verdict"] for one in runs] == ["successful"]
    assert found["status"] == "completed"
    return weights(landing)


def test_each_step_is_landed_with_its_own_time_and_is_not_sampled(landing, server, tmp_path):
    with watching(landing, server, tmp_path) as watch:
        eventually(lambda: landing.files("c", "progressive_rollouts"))
        steps(server)
        eventually(lambda: weights(landing) == ALL)
        eventually(lambda: not any(watch.waiting.values()))
    assert complete(landing) == ALL
    # What was there before anybody watched was looked at, and no more.
    assert landed(landing, "progressive_rollouts")[SEVENTH.replace("/7", "/6")]["is_sampled"]


def test_what_happened_while_nobody_watched_is_told_step_by_step(landing, server, tmp_path):
    with watching(landing, server, tmp_path):
        eventually(lambda: landing.files("c", "progressive_rollouts"))
    steps(server)
    with watching(landing, server, tmp_path):
        eventually(lambda: weights(landing) == ALL)
    assert complete(landing) == ALL


def test_a_history_that_is_gone_is_a_look_and_says_so(landing, server, tmp_path):
    said = []
    with watching(landing, server, tmp_path):
        eventually(lambda: landing.files("c", "progressive_rollouts"))
    steps(server)
    server.forget()
    with watching(landing, server, tmp_path, said) as watch:
        # All that was forgotten is listed again before anything else happens: a look at a kind is
        # one at the others too.
        eventually(lambda: all(reached(watch, kind) >= server.oldest for kind in SEEN))
        server.step(ROLLOUTS, "MODIFIED", rollout("8", weighing(20)), "2026-03-11T09:01:00Z")
        eventually(lambda: EIGHTH in landed(landing, "progressive_rollouts"))
    found = landed(landing, "progressive_rollouts")
    assert (found[SEVENTH]["is_sampled"], found[EIGHTH]["is_sampled"]) == (True, False)
    assert {f"{kind}: its history is gone; all is listed again" for kind in SEEN} <= {*said}


@pytest.mark.parametrize("at_once", [True, False], ids=["as_a_status", "as_an_event"])
def test_a_running_watch_that_is_told_410_lists_again_and_keeps_what_was_over(
    landing, server, tmp_path, at_once
):
    server.says_gone_at_once = at_once
    with watching(landing, server, tmp_path):
        eventually(lambda: landing.files("c", "progressive_rollouts"))
        steps(server)
        eventually(lambda: weights(landing) == ALL)
        server.forget()
        asked = Counter(server.asked)[ROLLOUTS]
        eventually(lambda: Counter(server.asked)[ROLLOUTS] > asked + 1)
        server.step(ROLLOUTS, "MODIFIED", rollout("8", weighing(20)), "2026-03-11T09:01:00Z")
        eventually(lambda: EIGHTH in landed(landing, "progressive_rollouts"))
    # It was over before the break, and nothing of it was missed.
    assert complete(landing) == ALL


@pytest.mark.parametrize("trouble", ["tears", "errors"])
def test_broken_connections_and_errors_lose_and_double_nothing(landing, server, tmp_path, trouble):
    with watching(landing, server, tmp_path):
        eventually(lambda: landing.files("c", "progressive_rollouts"))
        setattr(server, trouble, 5)
        steps(server)
        eventually(lambda: weights(landing) == ALL)
        eventually(lambda: getattr(server, trouble) == 0)
    assert complete(landing) == ALL


def test_bookmarks_move_the_version_from_which_a_watch_goes_on(landing, server, tmp_path):
    with watching(landing, server, tmp_path):
        eventually(lambda: landing.files("c", "progressive_rollouts"))
        server.version += 50
        eventually(lambda: server.bookmarks > 3)
        time.sleep(0.3)
    versions = landing.cursors("c", "progressive_rollouts")[VERSIONS]

    assert versions["argoproj.io/v1alpha1/rollouts/"] == str(server.version)


def test_kinds_that_are_missing_or_forbidden_stop_no_other_and_are_told_once(
    landing, server, tmp_path
):
    server.has(CANARIES)
    server.forbidden.add(CANARIES)
    said = []
    with watching(landing, server, tmp_path, said):
        steps(server)
        eventually(lambda: ("09:20", 1.0) in weights(landing))
        # It may be allowed, or installed, later.
        eventually(lambda: server.asked.count(CANARIES) > 2)
        eventually(lambda: server.asked.count(APPLICATIONS) > 1)
    assert len([one for one in said if one.startswith("canaries")]) == 1
    assert "applications" not in " ".join(said)


def test_a_killed_watch_goes_on_where_it_was(landing, server, tmp_path):
    (tmp_path / "drumbeat.yaml").write_text(settings(tmp_path, server))
    command = [
        sys.executable, "-m", "pipelines", "watch", "--config", str(tmp_path / "drumbeat.yaml"),
        "--data-dir", str(tmp_path),
    ]  # fmt: skip
    for ending in (signal.SIGKILL, signal.SIGTERM):
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        eventually(lambda: landing.files("c", "progressive_rollouts"))
        if ending == signal.SIGKILL:
            # It has seen the first steps, and may or may not have landed them.
            server.step(ROLLOUTS, "MODIFIED", rollout("7", weighing(20)), "2026-03-10T09:01:00Z")
        else:
            eventually(lambda: weights(landing)[-1:] == ALL[-1:])
        process.send_signal(ending)
        _, error = process.communicate(timeout=20)
        if ending == signal.SIGKILL:
            steps(server)
    assert process.returncode == 0
    assert "what it saw is landed" in error
    assert complete(landing) == ALL


def test_a_refresh_asks_a_watched_cluster_for_nothing(server, tmp_path):
    path = tmp_path / "drumbeat.yaml"
    path.write_text(settings(tmp_path, server))
    (source,) = load(path).sources
    found = kubernetes(Project(load(path), tmp_path), source)

    assert isinstance(found, Followed)
    assert [batch for entity in found.entities for batch in found.collect(entity, {})] == []
    assert server.asked == []


def test_only_a_cluster_that_can_be_reached_is_watched(tmp_path):
    path = tmp_path / "drumbeat.yaml"
    path.write_text("sources: [{kind: kubernetes, name: c, path: exports, watch: true}]")

    with pytest.raises(ConfigurationError, match="can `watch` a cluster by its `kubeconfig` alone"):
        load(path)


def settings(folder, server):
    """Return a configuration with one cluster that is watched."""
    source = {
        "kind": "kubernetes",
        "name": "c",
        "kubeconfig": str(config(folder, server.url)),
        "environments": {"shop-*": "production"},
        "watch": True,
    }
    return yaml.safe_dump({"sources": [source]})


def test_what_nobody_expects_ends_the_watch_and_is_not_passed_over(landing, server, tmp_path):
    access = kubeconfig.read(config(tmp_path, server.url))
    stop = Event()
    one = Watch(landing, "c", connect(access), PLACES, print, stop, pace=0.01)
    one.cluster = Strange()

    with pytest.raises(ZeroDivisionError):
        together([one], stop)
    assert stop.is_set()


class Strange:
    """What no cluster is like."""

    namespaces = ()

    def snapshot(self, kind, namespace):
        """Fail in a way of its own."""
        return 1 / 0


def test_what_is_over_is_forgotten_at_last_and_what_is_there_is_not():
    before = {f"past/{number}": {} for number in range(MOST_PAST + 2)} | {"there": {}}
    found = merged(before, {"own": {}}, {"there": {}, "own": {}})

    assert len(found) == MOST_PAST + 2
    assert {"there", "own", "past/2"} <= found.keys()
    assert "past/1" not in found
