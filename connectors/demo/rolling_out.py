"""How versions reach people: canaries of each level, blue-green, all at once, and aborts.

Nothing here is drawn: it follows from what was played, so that no deployment moves for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1

from connectors.demo.artifacts import digest
from connectors.demo.changing import MINUTE, NOW
from connectors.demo.rows import Row, deployment_id, iso, text
from connectors.demo.things import History, Rollout, Run
from connectors.demo.working_time import DAY, HOUR

PAGE = "https://rollouts.example"
# What is older than a year is in no number.
SINCE = NOW - 400 * DAY
# Before a rollout that will do, one in so many was aborted.
ABORTS = 25
# In the last days it is one in so many, and whether they were right is not known yet.
LATELY, LATE_ABORTS = NOW - 6 * DAY, 5
# One rollout in so many is overtaken by the next before it is over, or its analysis can't tell.
OVERTAKEN, UNTOLD = 60, 40
STEPS = (0.05, 0.25, 0.5)


@dataclass(frozen=True, slots=True)
class Way:
    """How one service rolls out.

    ``metrics`` can fail it, unless they are a ``is_dry_run``; ``aborts`` are of a bad version, or
    of one that was good after all. ``every`` says that only one rollout in so many is seen.
    """

    tool: str
    strategy: str
    warm_seconds: int = 0
    metrics: tuple[str, ...] = ()
    compares_stable: bool = False
    is_dry_run: bool = False
    has_weights: bool = False
    is_hand_paused: bool = False
    has_traffic_mirror: bool = False
    is_sampled: bool = False
    aborts: str = ""
    every: int = 1


WAYS: Mapping[str, Way] = {
    "checkout": Way(
        "argo_rollouts", "canary", 600, ("error-rate", "orders-placed", "p99-latency"),
        compares_stable=True, has_weights=True, aborts="bad",
    ),
    "payments": Way(
        "flagger", "canary", 0, ("request-success-rate", "request-duration"),
        has_weights=True, aborts="good",
    ),
    "identity": Way(
        "argo_rollouts", "canary", 30, ("error-rate",),
        is_dry_run=True, has_weights=True, has_traffic_mirror=True,
    ),
    "search": Way("argo_rollouts", "canary", 30, has_weights=True, is_hand_paused=True),
    "web-shop": Way("argo_rollouts", "blue_green", 3600),
    "catalogue": Way("kubernetes", "rolling", is_sampled=True),
    "shipping": Way(
        "argo_rollouts", "canary", 600, ("error-rate",),
        compares_stable=True, has_weights=True, every=2,
    ),
}  # fmt: skip


def seen(histories: Mapping[str, History]) -> Iterator[tuple[Way, Rollout, Run]]:
    """Yield every run to production that was seen to be rolled out."""
    for service, way in WAYS.items():
        for rollout in histories[service].rollouts:
            for run in rollout.runs:
                is_late = SINCE < run.finished_at <= NOW
                if (
                    is_late
                    and run.status == "success"
                    and run.environment.startswith("production")
                    and rollout.number % way.every == 0
                ):
                    yield way, rollout, run


def name_of(rollout: Rollout, run: Run) -> str:
    """Name a rollout after its deployment."""
    return f"rollout-{deployment_id(rollout, run)}"


def aborted(way: Way, rollout: Rollout, run: Run) -> bool:
    """Tell whether one was aborted some hours before, in the first region."""
    is_late = way.aborts == "good" and run.finished_at > LATELY
    every = LATE_ABORTS if is_late else ABORTS
    return bool(way.aborts) and rollout.number % every == 0 and run is first(rollout)


def first(rollout: Rollout) -> Run | None:
    """Return the first run to production."""
    runs = (run for run in rollout.runs if run.environment.startswith("production"))
    return next(runs, None)


def rollouts(histories: Mapping[str, History]) -> Iterator[Row]:
    """Yield the rollouts, and those that were aborted before."""
    for way, rollout, run in seen(histories):
        yield rolled_out(way, rollout, run)
        if aborted(way, rollout, run):
            yield given_up(way, rollout, run)


def common(way: Way, rollout: Rollout, run: Run, name: str) -> dict[str, str | None]:
    """Return what all rollouts of a service tell."""
    return {
        "rollout_id": name,
        "service": rollout.service,
        "environment": run.environment,
        "tool": way.tool,
        "strategy": way.strategy,
        "has_weights": flag(way.has_weights),
        "max_weight": str(STEPS[-1]) if way.has_weights else None,
        "pause_count": str(len(STEPS)) if way.has_weights else None,
        "is_hand_paused": flag(way.is_hand_paused),
        "has_traffic_mirror": flag(way.has_traffic_mirror),
        "is_sampled": flag(way.is_sampled),
        "warm_seconds": str(way.warm_seconds),
        "url": f"{PAGE}/{rollout.service}/{name}",
    }


def flag(value: bool) -> str:
    """Write yes or no."""
    return "true" if value else "false"


def rolled_out(way: Way, rollout: Rollout, run: Run) -> Row:
    """Return one that reached everybody."""
    name = name_of(rollout, run)
    is_overtaken = way.is_hand_paused and rollout.number % OVERTAKEN == 0
    payload = {
        **common(way, rollout, run, name),
        "status": "paused" if is_overtaken else "completed",
        "started_at": iso(run.started_at),
        "finished_at": None if is_overtaken else iso(run.finished_at),
        "sha": None if rollout.is_without_sha else rollout.sha,
        "version": rollout.version,
        "artifact_digest": digest(rollout, run),
        # In a hurry somebody promotes it past its steps.
        "is_fast_promoted": flag(rollout.kind == "hotfix" and way.has_weights),
    }
    return name, run.finished_at, text(payload)


def given_up(way: Way, rollout: Rollout, run: Run) -> Row:
    """Return one that was aborted three hours before: of another version, or of this one."""
    name = f"{name_of(rollout, run)}-aborted"
    began, ended = abort_times(run)
    bad = sha1(name.encode()).hexdigest()
    payload = {
        **common(way, rollout, run, name),
        "status": "aborted",
        "started_at": iso(began),
        "aborted_at": iso(ended),
        "abort_weight": str(STEPS[rollout.number // ABORTS % len(STEPS)]),
        "sha": bad if way.aborts == "bad" else rollout.sha,
        "version": f"{rollout.version}-{bad[:7]}" if way.aborts == "bad" else rollout.version,
    }
    return name, ended, text(payload)


def abort_times(run: Run) -> tuple[int, int]:
    """Return when it began and when it was given up."""
    began = run.started_at - 3 * HOUR
    return began, began + 11 * MINUTE


def analyses(histories: Mapping[str, History]) -> Iterator[Row]:
    """Yield a verdict for each metric of each rollout."""
    for way, rollout, run in seen(histories):
        name = name_of(rollout, run)
        for metric in way.metrics:
            times = (run.started_at, run.finished_at)
            is_untold = way.aborts == "good" and rollout.number % UNTOLD == 7
            yield judged(way, name, metric, "inconclusive" if is_untold else "successful", *times)
        if aborted(way, rollout, run):
            yield judged(way, f"{name}-aborted", way.metrics[0], "failed", *abort_times(run))


def judged(way: Way, name: str, metric: str, verdict: str, began: int, ended: int) -> Row:
    """Return one verdict."""
    payload = {
        "analysis_id": f"{name}/{metric}",
        "rollout_id": name,
        "metric": metric,
        "is_dry_run": flag(way.is_dry_run),
        "compares_stable": flag(way.compares_stable),
        "can_fail": "true",
        "verdict": verdict,
        "started_at": iso(began),
        "finished_at": iso(ended),
    }
    return f"{name}/{metric}", ended, text(payload)


def weights(histories: Mapping[str, History]) -> Iterator[Row]:
    """Yield the traffic of those rollouts that turned out to be bad, step by step."""
    for way, rollout, run in seen(histories):
        if not way.has_weights or not rollout.is_failure:
            continue
        name, length = name_of(rollout, run), run.finished_at - run.started_at
        for place, weight in enumerate(STEPS):
            at = run.started_at + place * length // len(STEPS)
            payload = {
                "weight_id": f"{name}-{place}",
                "rollout_id": name,
                "changed_at": iso(at),
                "weight": str(weight),
            }
            yield f"{name}-{place}", at, text(payload)
