"""What is counted together, and over which periods."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.reference.facts import Facts
from tests.reference.organisation import ALWAYS, NEVER, Row

WEEK = timedelta(weeks=1)
WIDTHS = {"week": 1, "four_weeks": 4, "twelve_weeks": 12}


class Scope:
    """What is counted together: a service, a team of the time, or everybody."""

    def __init__(self, facts: Facts, scope: str, name: str, spans: list[Any]) -> None:
        self.facts, self.scope, self.name, self.spans = facts, scope, name, spans
        mine = [row["finished_on"] for row in facts.rollouts if self.has(row)]
        used = [
            (service, until)
            for service, since, until in spans
            if any(
                row["service"] == service and since <= row["finished_on"] < until
                for row in facts.rollouts
            )
        ]
        # What a team's members delivered in services of others.
        theirs = [
            row["finished_on"]
            for row in delivered(facts)
            if scope == "team" and self.is_placed(row) and row["author_team"] == name
        ]
        self.first_on = min([*mine, *theirs], default=None)
        self.last_on = max(
            (min(facts.services[service].retired_on or NEVER, until) for service, until in used),
            default=NEVER,
        )
        if theirs:
            self.last_on = max(until for _, _, until in spans)

    def has(self, row: Row, on: str = "finished_on") -> bool:
        """Tell whether a row of a service counts here."""
        return any(
            row["service"] == service and since <= row[on] < until
            for service, since, until in self.spans
        )

    def has_change(self, row: Row, on: str = "finished_on") -> bool:
        """Tell whether a change counts here: a team may have those of its members alone."""
        if self.scope == "team" and self.is_placed(row):
            return bool(row["author_team"] == self.name)
        return self.has(row, on)

    def is_placed(self, row: Row) -> bool:
        """Tell whether a change counts for the team of its author, not for the service's."""
        is_by_author = self.facts.rule("teams_by", row["service"]) == "author"
        return bool(is_by_author and row["author_team"])

    def largest(self, rule: str) -> Any:
        """Return the largest of the services' settings."""
        return max(self.facts.rule(rule, service) for service, _, _ in self.spans)

    def agreed(self, rule: str) -> Any:
        """Return what the services agree on, or what the organisation has where they do not."""
        found = {self.facts.rule(rule, service) for service, _, _ in self.spans}
        return found.pop() if len(found) == 1 else self.facts.rule(rule, "")


def scopes(facts: Facts) -> Iterator[Scope]:
    """Yield every service, team and the organisation."""
    teams: dict[str, list[Any]] = {}
    for name, service in facts.services.items():
        yield Scope(facts, "service", name, [(name, ALWAYS, NEVER)])
        ends = [*(since for _, since in service.teams[1:]), NEVER]
        for (team, since), until in zip(service.teams, ends, strict=False):
            teams.setdefault(team, []).append((name, since, until))
    for team, spans in teams.items():
        yield Scope(facts, "team", team, spans)
    everybody = [(name, ALWAYS, NEVER) for name in facts.services]
    if everybody:
        yield Scope(facts, "organisation", "organisation", everybody)


def periods(scope: Scope, today: date) -> Iterator[tuple[str, date, date]]:
    """Yield the periods in which a scope could have shipped."""
    if scope.first_on is None:
        return
    found = set()
    day = scope.first_on
    monday = day - timedelta(days=day.weekday())
    while monday <= today:
        for period, width in WIDTHS.items():
            found.add((period, monday - (width - 1) * WEEK, monday + WEEK))
            found.add((period, monday, monday + width * WEEK))
        monday += WEEK
    while day <= today:
        month = day.replace(day=1)
        found.add(("day", day, day + timedelta(days=1)))
        found.add(("month", month, (month + timedelta(days=31)).replace(day=1)))
        day += timedelta(days=1)
    for period, starts_on, ends_on in sorted(found):
        last_week_on = ends_on - WEEK if period in WIDTHS else starts_on
        has_begun = last_week_on <= today
        if has_begun and scope.first_on < ends_on and starts_on < scope.last_on:
            yield period, starts_on, ends_on


def delivered(facts: Facts) -> list[Row]:
    """Return the changes whose lead times count."""
    return [
        row
        for row in facts.deployment_changes
        if not row["is_before_history"]
        and (not row["is_bot"] or facts.rule("bots_changes", row["service"]) == "in")
    ]
