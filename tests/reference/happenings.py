"""Random deployments, incidents and flags, and what people say of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.reference.dice import sha_of
from tests.reference.histories import Histories
from tests.reference.organisation import Row, Service

REGIONS = ("production-eu", "production-us", "Prod")

# Only other tools ask for it.
DEPLOYED = (None, None, "main", None, "topic")


class Happenings(Histories):
    """Makes deployments, incidents, turns of flags and overrides."""

    def deploy(self, service: Service) -> None:
        """Add up to 25 deployments of one service."""
        regions = self.dice.choice((("production",), ("production",), REGIONS[:2], REGIONS, ()))
        line = [row["sha"] for row in self.lines.get(service.repository or "", ())]
        place, last = 0, 0
        rollouts = self.dice.choice((0, 1, 4, 9, 20)) // (len(regions) or 1)
        for _ in range(rollouts):
            kind = self.dice.choice(("on", "on", "on", "again", "back", "unknown", "none"))
            place += self.dice.choice((1, 1, 2)) if kind == "on" else 0
            last = max(last, place)
            place = max(place - self.dice.randint(1, 3), 0) if kind == "back" else place
            sha = line[min(place, len(line) - 1)] if line else sha_of(service.name, place)
            sha = sha_of("unknown", place) if kind == "unknown" else sha
            told = {
                "sha": None if kind == "none" else self.maybe(sha.upper(), 0.9),
                "version": self.maybe(f"V{self.seed}.{place}", 0.5),
                "rolls_back_to": self.goes_back_to(service, place) if kind == "back" else None,
                "repository": self.maybe(service.repository, 0.2),
            }
            self.roll_out(service, regions, told)
            if self.chance(0.2):
                self.deployment(service, "staging", self.moment(), told)

    def goes_back_to(self, service: Service, place: int) -> str | None:
        """Return what a rollback says that it goes back to: its own version, or an earlier one."""
        earlier = [row for row in self.tables["deployments"] if row["service"] == service.name]
        one = self.dice.choice(earlier) if earlier and self.chance(0.4) else {}
        known = [one[key] for key in ("deployment_id", "version", "sha") if one.get(key)]
        told = self.dice.choice(known) if known else f"V{self.seed}.{place}"
        return self.maybe(told, 0.5)

    def roll_out(self, service: Service, regions: tuple[str, ...], told: Row) -> None:
        """Deploy one version to all regions, some of them up to a day later or longer."""
        began = self.moment()
        for region in regions:
            lag = self.dice.choice((0, 0, 20, 60, 24 * 60, 24 * 60 + 1))
            self.deployment(service, region, began + timedelta(minutes=lag), told)

    def deployment(self, service: Service, region: str, began: datetime, told: Row) -> None:
        """Add one deployment."""
        finished = began + timedelta(minutes=self.dice.choice((0, 5, 5, 5, 5, 90, 90, -5)))
        self.moments += [began, finished]
        status = self.dice.choice((None, "success", "success", "success", "failure", "cancelled"))
        is_running = self.chance(0.04)
        self.tables["deployments"].append(
            {
                "deployment_id": self.next_id(),
                "service": self.called(service) if self.chance(0.97) else f"{self.name}-nobody",
                "environment": None if region == "production" else region,
                "started_at": began if is_running else self.maybe(began),
                "finished_at": None if is_running else finished,
                "status": "in_progress" if is_running else status,
                "author": self.dice.choice(self.people),
                "branch": DEPLOYED[len(self.tables["deployments"]) % len(DEPLOYED)],
                **told,
            }
        )

    def incident(self, services: tuple[Service, ...]) -> None:
        """Add one incident, often soon after some deployment."""
        deployments = self.tables["deployments"]
        named = self.dice.choice(deployments) if deployments else {}
        ended = named.get("finished_at")
        lag = timedelta(minutes=self.dice.choice((0, 30, 24 * 60, 24 * 60 + 1, 72 * 60, 4320 + 1)))
        started = ended + lag if ended and self.chance(0.6) else self.moment()
        service = self.called(self.dice.choice(services))
        flag = f"{self.name}-new-cart"
        said = self.dice.choice(("", named.get("sha"), named.get("version"), "abc", flag))
        if said and len(said) == 40:
            said = said[: self.dice.choice((6, 7, 10, 40))].lower()
        self.moments.append(started)
        self.tables["incidents"].append(
            {
                "incident_id": self.next_id(),
                "service": self.dice.choice((service, service, service, "stranger", None)),
                "started_at": started,
                "resolved_at": self.maybe(
                    self.after(started) if self.chance(0.9) else self.moment()
                ),
                "deployment_id": self.maybe(named.get("deployment_id"), 0.2),
                "title": f"Slow since {said}, help" if said else None,
            }
        )

    def flags(self, services: tuple[Service, ...]) -> None:
        """Raise a flag, often just before an incident, and perhaps lower it while that lasts."""
        incidents = self.tables["incidents"]
        near = self.dice.choice(incidents) if incidents else {"service": None}
        began = near.get("started_at") or self.moment()
        ended = near.get("resolved_at") or self.after(began)
        service = near["service"] if self.chance(0.7) else self.called(self.dice.choice(services))
        key = f"{self.name}-{self.dice.choice(('new-cart', 'fast.search'))}"
        lag = timedelta(minutes=self.dice.choice((0, 1, 30, 60, 61, 24 * 60)))
        self.turn(key, service, "raised", began - lag)
        if self.chance(0.7):
            moment = self.dice.choice(
                (began, ended, ended - timedelta(minutes=1), self.after(ended))
            )
            self.turn(key, service, "lowered", moment)

    def turn(self, key: str, service: str | None, does: str, moment: datetime) -> None:
        """Add one turn of a flag."""
        places = (None, None, "Prod", "production-eu", "staging")
        self.tables["flag_events"].append(
            {
                "flag_event_id": self.next_id(),
                "flag_key": key,
                "service": service,
                "environment": self.dice.choice(places),
                "happened_at": moment,
                "does": does,
            }
        )

    def overrides(self) -> Iterator[Row]:
        """Yield what people overrule."""
        incidents = self.tables["incidents"]
        deployments = [row["deployment_id"] for row in self.tables["deployments"]]
        if not deployments or self.chance(0.4):
            return
        for incident in self.dice.sample(incidents, min(len(incidents), 4)):
            before = [
                row["deployment_id"]
                for row in sorted(
                    self.tables["deployments"], key=lambda row: str(row["finished_at"])
                )
                if row["finished_at"] and row["finished_at"] <= incident["started_at"]
            ]
            near = incident["deployment_id"] or self.dice.choice((before or deployments)[-4:])
            said = {self.dice.choice(deployments), near}
            for one in sorted(said)[: self.dice.choice((1, 1, 2))]:
                does = self.dice.choice(("link", "unlink", "unlink"))
                yield {"incident": incident["incident_id"], does: one, **self.reasoned()}
        for deployment in self.dice.sample(deployments, min(len(deployments), 2)):
            mark = self.dice.choice(("failed", "held"))
            yield {"deployment": deployment, "mark": mark, **self.reasoned()}

    def reasoned(self) -> Row:
        """Return why somebody overrules, and when; sometimes only after the as-of moment."""
        decided_on = self.as_of.date() - timedelta(days=self.dice.choice((3, 3, 3, -3)))
        return {"reason": self.dice.choice(("As we know", "So it was")), "on": decided_on}
