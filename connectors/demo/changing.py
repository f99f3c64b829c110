"""How changes come about: backwards from the merge, through review, to the first commit."""

from dataclasses import dataclass

from connectors.demo import words
from connectors.demo.dice import Dice
from connectors.demo.organisation import AS_OF, FIRST_DEVELOPER, Service
from connectors.demo.things import Change
from connectors.demo.working_time import HOUR, WorkingTime

MINUTE = 60
YEAR = 365 * 24 * HOUR
NOW = int(AS_OF.timestamp())


def developer(service: Service, dice: Dice) -> str:
    """Draw someone of the service's team; the handles are invented."""
    return f"dev-{FIRST_DEVELOPER[service.team] + dice.between(0, 7):02d}"


@dataclass(frozen=True, slots=True)
class Changes:
    """Makes the changes of one service."""

    service: Service
    dice: Dice
    work: WorkingTime

    def between(self, low: int, high: int) -> int:
        """Draw a working moment of the open span, or any moment where nobody worked."""
        first, last = self.work.position(low), self.work.position(high)
        moment = self.work.moment(self.dice.between(first, last))
        return moment if low < moment < high else self.dice.between(low + 1, high - 1)

    def before(self, cut_at: int, last_cut_at: int) -> Change:
        """Make one that was merged after the last cut and in time for this one."""
        wait = int(self.dice.around(self.service.wait_hours, 0.9) * HOUR) + MINUTE
        merged_at = self.work.moment(self.work.position(cut_at) - wait)
        if not last_cut_at < merged_at < cut_at:
            merged_at = self.between(last_cut_at, cut_at)
        return self.merged(merged_at)

    def merged(self, merged_at: int) -> Change:
        """Make one of the usual kind: reviewed, or a robot's, or straight to main."""
        if self.dice.chance(0.06):
            return self.upgrade(merged_at)
        # A commit that no request brought is a rare habit of these two styles.
        is_request = self.service.style == "squash" or not self.dice.chance(0.03)
        return self.reviewed(merged_at, is_request=is_request)

    def pace(self, moment: int) -> float:
        """Say how slow the service is: about a third faster each year."""
        return self.service.pace * (0.85 + 0.35 * (NOW - moment) / YEAR)

    def back(self, moment: int, hours: float, spread: float) -> int:
        """Go back from ``moment`` by so many working hours, give or take."""
        worked = int(self.dice.around(hours, spread) * HOUR) + 1
        return min(moment, self.work.moment(self.work.position(moment) - worked))

    def reviewed(self, merged_at: int, *, is_request: bool = True) -> Change:
        """Make a change that took its time to be written and read."""
        pace = self.pace(merged_at)
        approved_at = self.back(merged_at, 0.2 * pace, 1.0)
        first_review_at = self.back(approved_at, 1.3 * pace, 1.1)
        opened_at = self.back(first_review_at, 1.0 * pace, 1.0)
        is_read = self.dice.chance(0.93)
        title = words.title(self.service.name, self.dice)
        change = Change(
            service=self.service.name,
            author=developer(self.service, self.dice),
            title=title,
            branch=words.branch("feature", title),
            first_commit_at=self.back(opened_at, 1.9 * pace, 1.2),
            opened_at=opened_at,
            merged_at=merged_at,
            first_review_at=first_review_at if is_read else None,
            approved_at=approved_at if is_read else None,
            commit_count=self.dice.several(1.15 if self.service.style == "rebase" else 1.5, 6),
            is_request=is_request,
        )
        return change if is_request else self.straight(change)

    def straight(self, change: Change) -> Change:
        """Strip it of everything that only a request has."""
        change.first_commit_at = change.opened_at = change.merged_at
        change.first_review_at = change.approved_at = None
        change.commit_count = 1
        return change

    def upgrade(self, merged_at: int) -> Change:
        """Make a robot's change."""
        opened_at = self.back(merged_at, 3, 1.0)
        title = words.upgrade(self.dice)
        return Change(
            service=self.service.name,
            author="renovate[bot]",
            title=title,
            branch=words.branch("renovate", title),
            first_commit_at=opened_at - MINUTE,
            opened_at=opened_at,
            merged_at=merged_at,
            labels=("dependencies",),
        )

    def hotfix(self, seen_at: int, merged_at: int) -> Change:
        """Make the small change that ends a failure."""
        title = f"Fix {self.dice.pick(words.THINGS[self.service.name])} after deployment"
        span = merged_at - seen_at
        return Change(
            service=self.service.name,
            author=developer(self.service, self.dice),
            title=title,
            branch=words.branch("hotfix", title),
            first_commit_at=seen_at + span // 3,
            opened_at=seen_at + span // 2,
            merged_at=merged_at,
            approved_at=seen_at + 3 * span // 4,
            labels=("hotfix",),
        )

    def revert(self, reverted: Change, seen_at: int, merged_at: int) -> Change:
        """Make the change that takes ``reverted`` back."""
        title = f'Revert "{reverted.title}"'
        return Change(
            service=self.service.name,
            author=developer(self.service, self.dice),
            title=title,
            branch=words.branch("revert", reverted.title),
            first_commit_at=(seen_at + merged_at) // 2,
            opened_at=(seen_at + merged_at) // 2,
            merged_at=merged_at,
            reverts=reverted,
        )
