"""Agents that pull what is declared, drift that nobody saw, and copies of real traffic."""

from collections.abc import Iterator, Mapping

from connectors.demo.changing import MINUTE, NOW
from connectors.demo.rows import Row, iso, text
from connectors.demo.things import History, Rollout, Run
from connectors.demo.working_time import DAY, HOUR

SINCE = NOW - 400 * DAY
# Which agent pulls a service, and whether it drifts: one rollout in so many is followed by it.
AGENTS: Mapping[str, tuple[str, int]] = {
    "checkout": ("argo_cd", 0),
    "stock": ("argo_cd", 3),
    "notifications": ("flux", 0),
}
# One rollout in so many is pushed past the agent.
PUSHED = 20
# Services whose latest version, or an older one, was given copies of traffic; and what came of it.
SHADOWED: Mapping[str, tuple[int, str | None]] = {
    "payments": (1, "matched"),
    "search": (1, None),
    "shipping": (1, "differed"),
    "checkout": (60, "matched"),
}


def lived(history: History) -> Iterator[tuple[Rollout, Run]]:
    """Yield the runs to production that succeeded, the oldest first."""
    for rollout in history.rollouts:
        for run in rollout.runs:
            if (
                SINCE < run.finished_at <= NOW
                and run.status == "success"
                and run.environment.startswith("production")
            ):
                yield rollout, run


def syncs(histories: Mapping[str, History]) -> Iterator[Row]:
    """Yield what the agents found."""
    for service, (tool, drifts) in AGENTS.items():
        for rollout, run in lived(histories[service]):
            if not drifts or rollout.number % PUSHED:
                yield sync(service, tool, run, run.finished_at - MINUTE // 2, "synced", rollout)
            if drifts and rollout.number % drifts == 0:
                for hours, state in ((20, "out_of_sync"), (29, "synced")):
                    at = run.finished_at + hours * HOUR
                    if at <= NOW:
                        yield sync(service, tool, run, at, state, rollout)


def sync(service: str, tool: str, run: Run, at: int, state: str, rollout: Rollout) -> Row:
    """Return one word of an agent."""
    name = f"{service}-{run.environment}-{at}"
    payload = {
        "sync_id": name,
        "service": service,
        "environment": run.environment,
        "tool": tool,
        "changed_at": iso(at),
        "revision": rollout.sha,
        "state": state,
        "url": f"https://agent.example/{service}",
    }
    return name, at, text(payload)


def shadows(histories: Mapping[str, History]) -> Iterator[Row]:
    """Yield the copies of traffic that there were."""
    for service, (back, verdict) in SHADOWED.items():
        planned = [each for each in histories[service].rollouts if each.kind == "planned"]
        rollout = planned[-back]
        began = rollout.runs[0].started_at - 2 * DAY
        name = f"shadow-{service}-{rollout.number}"
        payload = {
            "shadow_id": name,
            "service": service,
            "sha": rollout.sha,
            "started_at": iso(began),
            "finished_at": iso(began + DAY),
            "verdict": verdict,
            "url": f"https://shadows.example/{service}/{rollout.number}",
        }
        yield name, began + DAY, text(payload)
