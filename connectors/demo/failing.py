"""How rollouts fail and recover, and trouble that no rollout caused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.demo import words
from connectors.demo.changing import MINUTE
from connectors.demo.things import Incident, Rollout, Run
from connectors.demo.working_time import DAY, HOUR

if TYPE_CHECKING:
    from connectors.demo.history import Simulation

RECOVERIES = {"resolved": 0.5, "rollback": 0.22, "hotfix": 0.18, "revert": 0.1}
MENTIONS = {"explicit": 0.4, "sha": 0.15, "version": 0.15, "time": 0.3}
SEVERITIES = {"sev1": 0.06, "sev2": 0.24, "sev3": 0.5, "sev4": 0.2}
BACKGROUND_PER_DAY = 0.012


def stumble(simulation: Simulation, slot: int) -> None:
    """Let a pipeline fail or be cancelled before it changed anything."""
    earliest = max(simulation.last_end_at, simulation.last_cut_at) + 12 * MINUTE
    lead = (70, 120) if simulation.service.has_staging else (20, 50)
    finished_at = slot - simulation.dice.between(*lead) * MINUTE
    if finished_at < earliest:
        return
    status = "failure" if simulation.dice.chance(0.8) else "cancelled"
    environment = simulation.service.environments[0]
    if simulation.service.has_staging and simulation.dice.chance(0.4):
        environment = "staging"
    run = Run(environment, finished_at - 5 * MINUTE, finished_at, status)
    attempt = Rollout(
        simulation.service.name, "failed", run.started_at - MINUTE, simulation.deployer(), [run]
    )
    simulation.history.rollouts.append(attempt)


def fail(simulation: Simulation, failed: Rollout) -> None:
    """Let ``failed`` need intervention, and get it."""
    dice = simulation.dice
    how = dice.weighted(RECOVERIES)
    floor = max(failed.finished_at + 25 * MINUTE, failed.ended_at + 14 * MINUTE)
    recovered_at = max(floor, failed.finished_at + int(dice.around(0.95, 0.8) * HOUR))
    seen_at = failed.finished_at + int(
        (recovered_at - failed.finished_at) * 0.1 * dice.between(1, 4)
    )
    failed.is_failure = True
    recovered_at = recover(simulation, failed, how, seen_at, recovered_at)
    if how == "resolved" or dice.chance(0.7):
        trouble(simulation, failed, seen_at, recovered_at)


def recover(
    simulation: Simulation, failed: Rollout, how: str, seen_at: int, recovered_at: int
) -> int:
    """Deploy what ends the failure and say when it ended; a switch needs no deployment."""
    target = sound_before(simulation, failed)
    merged_at = recovered_at - 6 * MINUTE
    changed = [change for change in failed.changes if change.author != "renovate[bot]"]
    if how == "rollback" and target:
        simulation.add(simulation.again(target, "rollback", recovered_at))
    elif how == "hotfix":
        fix = simulation.changes.hotfix(seen_at, merged_at)
        simulation.add(simulation.urgent("hotfix", fix, recovered_at))
    elif how == "revert" and changed:
        change = simulation.changes.revert(changed[0], seen_at, merged_at)
        simulation.add(simulation.urgent("revert", change, recovered_at))
    else:
        return recovered_at
    return simulation.history.rollouts[-1].ended_at + simulation.dice.between(1, 10) * MINUTE


def sound_before(simulation: Simulation, failed: Rollout) -> Rollout | None:
    """Find the latest rollout before ``failed`` that brought something and held."""
    earlier = reversed(simulation.history.rollouts[:-1])
    sound = (each for each in earlier if each.kind in {"planned", "hotfix", "revert"})
    return next((each for each in sound if each is not failed and not each.is_failure), None)


def trouble(simulation: Simulation, failed: Rollout, seen_at: int, resolved_at: int) -> None:
    """Open the incident of a failure; what it says of the rollout differs."""
    dice = simulation.dice
    mention = dice.weighted(MENTIONS)
    name, symptom = simulation.service.name, dice.pick(words.SYMPTOMS)
    titles = {
        "sha": f"{symptom.capitalize()} in {name} since {{sha}}",
        "version": f"{name} {{version}}: {symptom}",
    }
    incident = Incident(
        service=name,
        title=titles.get(mention, f"{name}: {symptom}"),
        severity=dice.weighted(SEVERITIES),
        started_at=seen_at,
        acknowledged_at=min(seen_at + dice.between(1, 14) * MINUTE, resolved_at),
        resolved_at=resolved_at,
        rollout=failed,
        is_explicit=mention == "explicit",
    )
    simulation.history.incidents.append(incident)


def background(simulation: Simulation) -> None:
    """Add trouble that no deployment caused, at any hour of any day."""
    dice = simulation.dice
    first = int(simulation.service.begins.timestamp()) // DAY + 1
    last = int(simulation.service.until.timestamp()) // DAY - 1
    for day in range(first, last):
        if not dice.chance(BACKGROUND_PER_DAY):
            continue
        started_at = day * DAY + dice.between(0, DAY - 1)
        incident = Incident(
            service=simulation.service.name,
            title=f"{simulation.service.name}: {dice.pick(words.SYMPTOMS)}",
            severity=dice.weighted(SEVERITIES),
            started_at=started_at,
            acknowledged_at=started_at + dice.between(2, 30) * MINUTE,
            resolved_at=started_at + int(dice.around(1.5, 0.9) * HOUR) + 31 * MINUTE,
        )
        simulation.history.incidents.append(incident)
