"""Settings on the way to production in the demo: changed with a review, without, and past it."""

from collections.abc import Iterable, Iterator, Mapping

from connectors.demo.changing import MINUTE, NOW
from connectors.demo.graph import Commit
from connectors.demo.rows import Row, iso, text
from connectors.demo.things import Change, History
from connectors.demo.working_time import DAY, HOUR

PIPELINE = ".gitlab-ci.yml"


def settings(
    histories: Mapping[str, History], commits: Iterable[Commit]
) -> Iterator[tuple[str, Row]]:
    """Yield each change of a setting, and what can't be seen, with its repository."""
    piped = {commit.sha for commit in commits if PIPELINE in commit.paths}
    reviewed = latest(change for change in histories["checkout"].changes
                      if change.merge_sha in piped and change.approved_at)  # fmt: skip
    straight = latest(change for change in histories["payments"].changes if not change.is_request)
    at_night = NOW - 16 * DAY - 9 * HOUR
    yield "checkout", change("variable", "DEPLOY_TIMEOUT", reviewed.merged_at + 20 * MINUTE)
    yield "checkout", change("environment", "production-eu", at_night)
    yield "payments", change("ruleset", "main", at_night + DAY)
    yield (
        "payments",
        change("bypass", "main", straight.merged_at + 1, "bypassed", sha=straight.merge_sha),
    )
    yield "identity", change("secret", "DEPLOY_KEY", NOW - 30 * DAY, is_sampled="true")
    yield "stock", ("secret", NOW, text({"kind": "secret", "action": "hidden"}))


def latest(changes: Iterable[Change]) -> Change:
    """Return the change that was merged last."""
    return max(changes, key=lambda change: change.merged_at)


def change(kind: str, name: str, at: int, action: str = "changed", **more: str) -> Row:
    """Write one change of a setting."""
    payload = {"kind": kind, "name": name, "action": action, "changed_at": iso(at), **more}
    return f"{kind}/{name}@{iso(at)}", at, text(payload)
