"""What happens once: each oddity that the product must survive or show, put in by hand."""

from collections.abc import Mapping
from itertools import pairwise

from connectors.demo.changing import MINUTE, NOW
from connectors.demo.organisation import REGIONS
from connectors.demo.things import Change, History, Incident, Rollout, Run
from connectors.demo.working_time import DAY, HOUR

# Pages and exports prove on these that they escape what they show.
HOSTILE_CHANGES = (
    "<script>alert(1)</script> in title",
    '=HYPERLINK("https://git.example/","x")',
    "[Tidy](javascript:alert(1)) | `basket` *badge*",
)
HOSTILE_INCIDENT = 'web-shop: "><img src=x onerror=alert(1)>'


def add_oddities(histories: Mapping[str, History]) -> None:
    """Put all of them in."""
    hostile_titles(histories["web-shop"])
    release_branch(histories["payments"])
    touch_both(histories["catalogue"])
    plain_rollouts(histories["search"])[-40].is_lost = True
    plain_rollouts(histories["stock"])[-30].is_without_sha = True
    backward_clock(histories["shipping"])
    left_behind(histories["payments"])
    open_incidents(histories["web-shop"], histories["shipping"])
    histories["identity"].incidents.append(everywhere())


def plain_rollouts(history: History) -> list[Rollout]:
    """List those that held and that nothing else refers to."""
    used = {id(rollout.again) for rollout in history.rollouts}
    planned = (rollout for rollout in history.rollouts if rollout.kind == "planned")
    return [each for each in planned if not each.is_failure and id(each) not in used]


def hostile_titles(history: History) -> None:
    """Give one waiting and two delivered changes titles that try to run, and an incident too."""
    recent = [change for rollout in plain_rollouts(history)[-8:] for change in rollout.changes]
    by_people = [change for change in recent if not change.labels]
    changes = (history.changes[-1], *by_people[-2:])
    for change, title in zip(changes, HOSTILE_CHANGES, strict=True):
        change.title = title
    max(history.incidents, key=lambda incident: incident.started_at).title = HOSTILE_INCIDENT


def release_branch(history: History) -> None:
    """Mend a rollout on its own release branch, so that main never carries the commit."""
    rollouts = plain_rollouts(history)
    room = 5 * HOUR
    places = pairwise(rollouts)
    live = [first for first, then in places if then.runs[0].started_at - first.ended_at > room]
    failed = live[2 * len(live) // 3]
    failed.is_failure = True
    finished_at = failed.ended_at + 110 * MINUTE
    change = off_main(failed, finished_at - 15 * MINUTE)
    runs = [
        Run(environment, finished_at + late - 5 * MINUTE, finished_at + late)
        for environment, late in zip(REGIONS, (0, 8 * MINUTE), strict=True)
    ]
    fix = Rollout("payments", "hotfix", change.merged_at, "ci-bot", runs, carries=change)
    history.changes.append(change)
    history.rollouts.insert(history.rollouts.index(failed) + 1, fix)
    history.incidents.append(
        Incident(
            service="payments",
            title="payments: wrong totals in the settlement file",
            severity="sev2",
            started_at=failed.ended_at + 20 * MINUTE,
            acknowledged_at=failed.ended_at + 24 * MINUTE,
            resolved_at=fix.ended_at + 3 * MINUTE,
            rollout=failed,
            is_explicit=True,
        )
    )


def off_main(failed: Rollout, merged_at: int) -> Change:
    """Make the change that only the release branch has."""
    return Change(
        service="payments",
        author="dev-04",
        title="Hotfix: settlement file drops the last line",
        branch="hotfix/settlement-file",
        base_branch="release/settlement",
        labels=("hotfix",),
        first_commit_at=merged_at - 40 * MINUTE,
        opened_at=merged_at - 30 * MINUTE,
        approved_at=merged_at - 5 * MINUTE,
        merged_at=merged_at,
        grows_from=failed,
    )


def left_behind(history: History) -> None:
    """Let the second region miss one version, so that the two run apart until the next."""
    plain_rollouts(history)[-60].runs[-1].status = "failure"


def touch_both(history: History) -> None:
    """Let one change of the shared repository belong to both services."""
    change = plain_rollouts(history)[-12].changes[0]
    change.title = "Share one product model between catalogue and search"
    change.folders = ("catalogue", "search")


def backward_clock(history: History) -> None:
    """Let one author's clock run two days ahead, so that the merge precedes the commit."""
    rollouts = plain_rollouts(history)
    change = next(
        change
        for rollout in rollouts[len(rollouts) // 2 :]
        for change in rollout.changes
        if change.is_request and change.labels == ()
    )
    change.first_commit_at = change.merged_at + 2 * DAY


def open_incidents(web_shop: History, shipping: History) -> None:
    """Leave one fresh incident and one forgotten one open."""
    started_at = NOW - 35 * MINUTE
    blamed = next(each for each in reversed(web_shop.rollouts) if each.ended_at < started_at)
    blamed.is_failure = True
    title = "web-shop: pages stay empty"
    web_shop.incidents.append(
        Incident("web-shop", title, "sev2", started_at, NOW - 30 * MINUTE, None, blamed, True)
    )
    title = "shipping: duplicate messages"
    shipping.incidents.append(
        Incident("shipping", title, "sev4", NOW - 6 * DAY - 2 * HOUR, None, None)
    )


def everywhere() -> Incident:
    """Make an incident that names no service."""
    started_at = NOW - 41 * DAY
    return Incident(
        service=None,
        title="Name server of the data centre does not answer",
        severity="sev1",
        started_at=started_at,
        acknowledged_at=started_at + 3 * MINUTE,
        resolved_at=started_at + 50 * MINUTE,
    )
