"""The simulation: one service's changes, rollouts, failures and recoveries, in order."""

from collections.abc import Iterator
from datetime import UTC, datetime

from connectors.demo.changing import MINUTE, NOW, Changes, developer
from connectors.demo.dice import Dice
from connectors.demo.failing import background, fail, stumble
from connectors.demo.organisation import FREEZES, Service
from connectors.demo.things import Change, History, Rollout, Run
from connectors.demo.working_time import DAY, HOUR, WORKING_DAY, WORKING_WEEK, working_time

# How busy a month is, against the others.
SEASON = {1: 0.85, 7: 0.9, 8: 0.75, 12: 0.85}
# The week of a trade fair, as weeks since the first Monday of 1970, and how busy it was.
FAIR = {2967: 0.86}
QUIET_BEFORE_FREEZE = 30 * HOUR


class Simulation:
    """Plays one service from its beginning to the as-of moment."""

    def __init__(self, service: Service, seed: int) -> None:
        """Start with nothing deployed."""
        self.service = service
        self.dice = Dice(f"{seed}/{service.name}")
        self.work = working_time()
        self.changes = Changes(service, self.dice, self.work)
        self.history = History()
        self.last_cut_at = self.last_end_at = int(service.begins.timestamp())
        self._weeks = dict(FAIR)

    def play(self) -> History:
        """Roll out until the rhythm ends, then what was set down, then let changes wait."""
        for slot in self.slots():
            self.advance(slot)
        for moment in self.service.last_slots:
            self.roll_out(int(moment.timestamp()))
        self.wait()
        background(self)
        return self.history

    def slots(self) -> Iterator[int]:
        """Yield the moments at which the service would like to deploy."""
        until = int(self.service.until.timestamp())
        position = self.work.position(self.last_end_at)
        while self.service.weekly:
            mean = WORKING_WEEK / self.service.weekly / self.busyness(self.work.moment(position))
            position += int(self.dice.gap(mean, self.service.regularity)) + 1
            position = max(position, self.work.position(self.last_end_at))
            moment = self.thawed(self.dared(self.work.moment(position)))
            if moment >= until:
                return
            position = self.work.position(moment)
            if self.dice.chance(0.03) and moment < until - DAY:
                moment = self.work.evening(position) + self.dice.between(HOUR // 2, 4 * HOUR)
            yield moment

    def dared(self, moment: int) -> int:
        """Move a moment on a Friday to the next working day, where nobody dares to deploy on it."""
        is_friday = datetime.fromtimestamp(moment, UTC).weekday() == 4
        if not (self.service.avoids_fridays and is_friday):
            return moment
        return self.work.moment(self.work.position(moment) + WORKING_DAY)

    def busyness(self, moment: int) -> float:
        """Say how the season and the week change the rhythm; one is usual."""
        week = (moment - 4 * DAY) // (7 * DAY)
        if week not in self._weeks:
            self._weeks[week] = self.dice.around(1.0, 0.14)
        return self._weeks[week] * SEASON.get(datetime.fromtimestamp(moment, UTC).month, 1.0)

    def thawed(self, moment: int) -> int:
        """Move a moment in a freeze to the first working day after it."""
        for freeze in FREEZES:
            end = self.work.midnight(freeze.last) + DAY
            if freeze.holds(self.service.name) and self.work.midnight(freeze.first) <= moment < end:
                return self.work.moment(self.work.position(end) + self.dice.between(0, 8 * HOUR))
        return moment

    def may_fail(self, moment: int) -> bool:
        """Say whether a failure may start now; none spills into a freeze or past the end."""
        next_day = moment + QUIET_BEFORE_FREEZE
        return next_day < NOW and self.thawed(next_day) == next_day

    def fail_rate(self, moment: int) -> float:
        """Say how likely a rollout fails; a few weeks are unlucky."""
        is_late = NOW - moment < 10 * 7 * DAY
        rate = self.service.lately if is_late and self.service.lately else self.service.fail_rate
        return rate * (1.15 if moment < NOW - 26 * 7 * DAY else 0.95)

    def advance(self, slot: int) -> None:
        """Roll out at ``slot`` and see what becomes of it."""
        if self.dice.chance(0.045):
            stumble(self, slot)
        rollout = self.roll_out(slot)
        if self.may_fail(rollout.finished_at):
            if self.dice.chance(self.fail_rate(rollout.finished_at)):
                fail(self, rollout)
            elif self.dice.chance(0.008):
                self.add(self.again(rollout, "redeployment", self.last_end_at + 40 * MINUTE))

    def roll_out(self, slot: int) -> Rollout:
        """Roll out what is on main, with at least one new change in it."""
        run = self.dice.between(4, 12) * MINUTE + self.dice.between(0, 59)
        soak = self.dice.between(6, 45) * MINUTE if self.service.has_staging else 0
        needed = run + soak + 2 * MINUTE
        earliest = max(self.last_end_at, self.last_cut_at) + needed + 6 * MINUTE
        finished_at = max(slot, earliest)
        rollout = self.planned(finished_at, run, soak)
        for _ in range(self.dice.several(self.service.changes_each, 8)):
            rollout.changes.append(self.changes.before(rollout.cut_at, self.last_cut_at))
        self.history.changes += rollout.changes
        return self.add(rollout)

    def planned(self, finished_at: int, run: int, soak: int) -> Rollout:
        """Lay out a rollout that ends at ``finished_at``, through staging where there is one."""
        started_at = finished_at - run
        runs = self.runs(started_at, finished_at)
        cut_at = started_at - MINUTE
        if soak:
            tried_at = started_at - soak + 5 * MINUTE
            runs.insert(0, Run("staging", started_at - soak, tried_at))
            cut_at -= soak
        return Rollout(self.service.name, "planned", cut_at, self.deployer(), runs)

    def runs(self, started_at: int, finished_at: int) -> list[Run]:
        """Go through the production environments one after the other."""
        runs = [Run(self.service.environments[0], started_at, finished_at)]
        for environment in self.service.environments[1:]:
            start = runs[-1].finished_at + self.dice.between(2, 14) * MINUTE
            runs.append(Run(environment, start, start + finished_at - started_at))
        return runs

    def again(self, earlier: Rollout, kind: str, finished_at: int) -> Rollout:
        """Deploy an earlier version once more."""
        started_at = finished_at - self.dice.between(120, 360)
        runs = self.runs(started_at, finished_at)
        return Rollout(self.service.name, kind, started_at, self.person(), runs, again=earlier)

    def urgent(self, kind: str, change: Change, finished_at: int) -> Rollout:
        """Deploy main with one urgent change, past staging."""
        started_at = finished_at - 4 * MINUTE
        runs = self.runs(started_at, finished_at)
        rollout = Rollout(self.service.name, kind, change.merged_at, self.deployer(), runs)
        rollout.changes.append(change)
        self.history.changes.append(change)
        return rollout

    def add(self, rollout: Rollout) -> Rollout:
        """Keep a rollout and move on to its end."""
        self.history.rollouts.append(rollout)
        if rollout.again is None:
            self.last_cut_at = rollout.cut_at
        self.last_end_at = max(self.last_end_at, rollout.ended_at)
        return rollout

    def person(self) -> str:
        """Draw someone of the team."""
        return developer(self.service, self.dice)

    def deployer(self) -> str:
        """Draw who deploys; tier 1 leaves it to the pipeline."""
        return (
            "ci-bot" if self.dice.chance(0.9 if self.service.tier == 1 else 0.4) else self.person()
        )

    def wait(self) -> None:
        """Merge what nothing has deployed yet."""
        since = self.service.waiting_since
        first = int(since.timestamp()) if since else self.last_cut_at + MINUTE
        for count in range(self.service.waiting):
            # The oldest one is placed; the picture shows its age.
            merged_at = first if since and not count else self.changes.between(first, NOW - MINUTE)
            self.history.changes.append(self.changes.reviewed(merged_at))
