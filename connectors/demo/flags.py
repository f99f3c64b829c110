"""The made-up organisation's feature flags: released apart from deployments, or left to rot.

They change no other number: a flag is raised only where no incident follows that it could be
blamed for, but for the few that are made to be, whose incidents no deployment is near.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.demo.changing import MINUTE, NOW
from connectors.demo.dice import Dice
from connectors.demo.organisation import SERVICES, Service
from connectors.demo.rows import Row, iso, text
from connectors.demo.things import History, Incident, Rollout
from connectors.demo.working_time import DAY, HOUR

FLAGS = "https://flags.example/projects/shop/features"
FIELDS = "userId;tenantId;region"
QUIET = 73 * HOUR
APART = 40 * MINUTE
FAR = 30 * HOUR
LIFETIMES = {"release": 40, "experiment": 40}
# Who releases apart from deployments, and who turns flags on as they deploy.
DECOUPLED = ("checkout", "payments", "search", "identity")
COUPLED = ("shipping", "catalogue")
WORDS = ("banner", "express", "prices", "hints", "limits", "layout", "queue", "cache")


@dataclass(slots=True)
class Flag:
    """One flag; days count back from the end of the history, ``removal`` may be ahead of it."""

    key: str
    service: str
    kind: str
    age: int
    removal: int | None = None
    owner: bool = True
    told_late: bool = False
    is_stale: bool = False
    archived: int | None = None
    is_on: bool = True
    share: str = "1"
    fields: str = ""
    seen: int | None = 0
    files: int = 1
    added_sha: str = ""
    turns: list[tuple[int, str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Times:
    """When a service deployed and had incidents."""

    deployed: list[int]
    troubled: list[int]

    def is_quiet(self, moment: int) -> bool:
        """Tell whether no incident follows that a flag raised then could be blamed for."""
        after = bisect_left(self.troubled, moment)
        follows = after < len(self.troubled) and self.troubled[after] <= moment + QUIET
        return not follows and moment < NOW - HOUR

    def is_apart(self, moment: int) -> bool:
        """Tell whether nothing was deployed about then."""
        place = bisect_left(self.deployed, moment - APART)
        return place == len(self.deployed) or self.deployed[place] > moment + APART


def cast() -> list[Flag]:
    """Return the flags that are in use, with what is right and wrong about each."""
    return [
        Flag("checkout-new-basket", "checkout", "release", 20, 20, share="0.5", fields="tenantId"),
        Flag("checkout-one-click", "checkout", "release", 35, 5),
        Flag("payments-retry-twice", "payments", "ops", 60, 100),
        Flag("payments-old-provider", "payments", "release", 120, -45, files=2),
        Flag("web-shop-dark-mode", "web-shop", "release", 70, owner=False),
        Flag("search-semantic", "search", "release", 90, 10, is_stale=True),
        Flag("search-typo-hints", "search", "experiment", 15, 30, share="0.5"),
        Flag("catalogue-price-test", "catalogue", "experiment", 150, -40, archived=30, files=2),
        Flag("identity-passkeys", "identity", "release", 25, 15, seen=20),
        Flag("shipping-evening", "shipping", "release", 38, -10),
        Flag("stock-read-only", "stock", "ops", 200, 160, seen=1),
        Flag("notifications-digest", "notifications", "release", 300, -200, is_on=False, seen=None),
        Flag("invoicing-may-refund", "invoicing", "permission", 400),
        Flag("loyalty-points", "loyalty", "release", 30, 9, told_late=True, share="0.1", seen=20),
    ]


def flags(histories: Mapping[str, History], seed: int) -> list[Flag]:
    """Return all flags with their turns; shas of rollouts have to be known."""
    made, dice = [*cast(), *past()], Dice(f"{seed}/flags")
    for flag in made:
        history = histories[flag.service]
        times = timed(history)
        began = NOW - flag.age * DAY
        ended = NOW - (flag.archived or 0) * DAY
        raise_in_steps(flag, history, times, (began, ended), dice)
    flipped = [flag for service in SERVICES for flag in flips(service, histories[service.name])]
    return [*made, *flipped]


def past() -> Iterator[Flag]:
    """Yield flags that came and went as they should."""
    for place, service in enumerate((*DECOUPLED, *COUPLED)):
        for number, word in enumerate(WORDS):
            age = 480 - 52 * number - 3 * place
            yield Flag(
                f"{service}-{word}", service, "release", age, 34 - age, archived=age - 30, files=0
            )


def timed(history: History) -> Times:
    """Return the times of one service."""
    ends = (run.finished_at for rollout in history.rollouts for run in rollout.runs)
    return Times(sorted(ends), sorted(incident.started_at for incident in history.incidents))


def raise_in_steps(
    flag: Flag, history: History, times: Times, span: tuple[int, int], dice: Dice
) -> None:
    """Raise a flag to a tenth and to all, apart from deployments or with them."""
    if flag.kind not in ("release", "ops") or not flag.is_on:
        return
    began, ended = span
    first = first_code(history, began)
    flag.added_sha = first.sha if first and not first.is_without_sha else ""
    moment = max(began, first.ended_at if first else began) + dice.between(4, 20) * HOUR
    for before, after in (("0", "0.1"), ("0.1", flag.share)):
        if before == after:
            return
        found = next(moments(flag.service, history, times, moment, ended), None)
        if found is None:
            return
        flag.turns.append((found, "raised", before, after))
        moment = found + dice.between(20, 70) * HOUR


def first_code(history: History, moment: int) -> Rollout | None:
    """Return the first rollout after a moment that brought something new."""
    return next(
        (each for each in history.rollouts if each.finished_at > moment and each.kind == "planned"),
        None,
    )


def moments(service: str, history: History, times: Times, since: int, until: int) -> Iterator[int]:
    """Yield when a flag could be raised: minutes after a deployment, or far from any."""
    if service in COUPLED:
        for rollout in history.rollouts:
            at = rollout.ended_at + 7 * MINUTE
            if since <= at < until and times.is_quiet(at):
                yield at
        return
    for at in range(since, until, 47 * MINUTE):
        if times.is_quiet(at) and times.is_apart(at):
            yield at


def flips(service: Service, history: History) -> Iterator[Flag]:
    """Yield the flags that caused incidents which no deployment is near: at most two."""
    times = timed(history)
    lonely = [each for each in history.incidents if is_lonely(each, times)]
    for number, incident in enumerate(lonely[-2:], start=1):
        age = (NOW - incident.started_at) // DAY + 4
        flag = Flag(
            f"{service.name}-turn-{number}", service.name, "release", age, 20 - age, files=0,
            archived=max(age - 10, 0),
        )  # fmt: skip
        flag.turns.append((incident.started_at - 20 * MINUTE, "raised", "0", "0.5"))
        flag.turns.append(((incident.resolved_at or NOW) - MINUTE, "lowered", "0.5", "0"))
        yield flag


def is_lonely(incident: Incident, times: Times) -> bool:
    """Tell whether an incident is over, and far from any deployment and any other incident."""
    place = bisect_right(times.deployed, incident.started_at)
    latest = times.deployed[place - 1] if place else 0
    others = times.troubled[bisect_right(times.troubled, incident.started_at) :][:1]
    return (
        incident.rollout is None
        and incident.service is not None
        and incident.started_at - latest > FAR
        and (incident.resolved_at or NOW) < NOW - DAY
        and (not others or others[0] > incident.started_at + QUIET)
    )


def flag_rows(made: list[Flag]) -> Iterator[Row]:
    """Yield one row per flag."""
    teams = {service.name: service.team for service in SERVICES}
    for flag in made:
        created = NOW - flag.age * DAY
        told_at = created + (9 * DAY if flag.told_late else HOUR)
        payload = {
            "flag_id": f"shop/{flag.key}",
            "flag_key": flag.key,
            "project": "shop",
            "kind": flag.kind,
            "team": teams[flag.service] if flag.owner else None,
            "service": flag.service,
            "created_at": iso(created),
            "removal_on": day(flag.removal),
            "lifetime_days": str(LIFETIMES.get(flag.kind) or "") or None,
            "archived_at": None if flag.archived is None else iso(NOW - flag.archived * DAY),
            "is_stale": "true" if flag.is_stale else "false",
            "fields": "userId" if flag.service == "identity" else FIELDS,
            "owned_at": iso(told_at) if flag.owner else None,
            "dated_at": iso(told_at) if flag.removal is not None else None,
            "url": f"{FLAGS}/{flag.key}",
        }
        yield f"shop/{flag.key}", created, text(payload)


def day(removal: int | None) -> str | None:
    """Return the day so many days from the end of the history, which may be ahead of it."""
    if removal is None:
        return None
    return datetime.fromtimestamp(NOW + removal * DAY, UTC).date().isoformat()


def state_rows(made: list[Flag]) -> Iterator[Row]:
    """Yield one row per flag in use: what it does in production."""
    for flag in made:
        if flag.archived is None:
            seen = None if flag.seen is None else NOW - flag.seen * DAY - HOUR
            payload = {
                "flag_id": f"shop/{flag.key}",
                "environment": "production",
                "is_enabled": "true" if flag.is_on else "false",
                "rollout_share": flag.share,
                "fields": flag.fields,
                "evaluated_at": iso(seen),
            }
            yield f"shop/{flag.key}@production", seen or NOW, text(payload)


def reference_rows(made: list[Flag]) -> Iterator[Row]:
    """Yield one row per file with the key of a flag."""
    repositories = {service.name: service.repository for service in SERVICES}
    for flag in made:
        for path in (f"{flag.service}/flags.py", f"{flag.service}/views.py")[: flag.files]:
            repository = repositories[flag.service]
            payload = {
                "repository": repository,
                "flag_key": flag.key,
                "path": path,
                "added_sha": flag.added_sha,
            }
            yield f"{repository}@{flag.key}@{path}", NOW, text(payload)


def event_rows(made: list[Flag]) -> Iterator[Row]:
    """Yield one row per turn of a flag."""
    for flag in made:
        for number, (at, does, before, after) in enumerate(sorted(flag.turns), start=1):
            payload = {
                "flag_event_id": f"{flag.key}-{number}",
                "flag_key": flag.key,
                "service": flag.service,
                "environment": "production",
                "happened_at": iso(at),
                "does": does,
                "share_before": before,
                "share_after": after,
                "source": "demo",
                "url": f"{FLAGS}/{flag.key}",
            }
            yield f"{flag.key}-{number}", at, text(payload)
