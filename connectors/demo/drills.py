"""What is practised outside production in the demo."""

from connectors.demo.changing import MINUTE
from connectors.demo.things import History, Rollout, Run
from connectors.demo.working_time import HOUR

NUMBER = 9001
"""Above the number of any other rollout, and odd, so that the drill says what it returns to."""


def drill(history: History) -> Rollout:
    """Take staging back to the version before the latest but ten, two hours after that went out."""
    staged = [
        rollout
        for rollout in history.rollouts
        if rollout.kind == "planned" and rollout.runs[0].environment == "staging"
    ]
    earlier, later = staged[-12:-10]
    finished_at = later.runs[0].finished_at + 2 * HOUR
    run = Run("staging", finished_at - 5 * MINUTE, finished_at)
    return Rollout(
        earlier.service, "rollback", run.started_at, earlier.author, [run],
        again=earlier, number=NUMBER, sha=earlier.sha, version=earlier.version,
    )  # fmt: skip
