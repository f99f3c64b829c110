"""The cast: a made-up shop of four teams and twelve services, as plain data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connectors.demo.claims import claims

AS_OF = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
SINCE = date(2025, 5, 25)
TIME_ZONE = "Europe/Berlin"
ORGANISATION = "Example Shop (demo)"
BOTS = ("renovate[bot]", "ci-bot")
TESTS = "tests"
"""What runs are called that test what was merged."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days, both ends included, on which nothing is deployed; no services means all."""

    name: str
    first: date
    last: date
    services: tuple[str, ...] = ()

    def holds(self, service: str) -> bool:
        """Say whether ``service`` keeps this freeze."""
        return not self.services or service in self.services


@dataclass(frozen=True, slots=True)
class Service:
    """What the simulation needs to know of one service.

    ``weekly`` is planned rollouts a week, ``regularity`` the shape of the gaps between them
    (1 is pure chance), ``pace`` multiplies the working hours of every stage before the merge,
    ``lately`` is the fail rate of the last ten weeks; who ``avoids_fridays`` waits for Monday.
    ``until`` ends the rhythm, after which only ``last_slots`` deploy. ``waiting`` changes are
    merged after the last rollout, none of them before ``waiting_since``.
    """

    name: str
    team: str
    tier: int
    repository: str
    style: str
    weekly: float
    changes_each: float
    pace: float
    fail_rate: float
    waiting: int
    regularity: int = 2
    lately: float | None = None
    wait_hours: float = 1.5
    environments: tuple[str, ...] = ("production",)
    has_staging: bool = False
    has_dates_as_versions: bool = False
    avoids_fridays: bool = False
    paths: tuple[str, ...] = ()
    begins: datetime = datetime(2025, 5, 26, 7, 0, tzinfo=UTC)
    until: datetime = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    last_slots: tuple[datetime, ...] = ()
    waiting_since: datetime | None = None


def _at(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


REGIONS = ("production-eu", "production-us")

SERVICES = (
    Service(
        "web-shop", "Storefront", 1, "web-shop", "squash", 33, 1.25, 0.45, 0.085, 6,
        regularity=3, lately=0.15, wait_hours=0.4,
    ),
    Service(
        "checkout", "Payments", 1, "checkout", "squash", 14, 1.5, 0.7, 0.065, 3,
        environments=REGIONS, has_staging=True, wait_hours=1.0,
    ),
    Service(
        "payments", "Payments", 1, "payments", "merge", 9, 1.5, 0.9, 0.075, 4,
        environments=REGIONS, has_staging=True, has_dates_as_versions=True,
    ),
    Service(
        "search", "Storefront", 2, "storefront", "squash", 7, 1.5, 0.9, 0.06, 2,
        paths=("search/**",),
    ),
    Service(
        "catalogue", "Storefront", 2, "storefront", "squash", 5.5, 1.6, 0.95, 0.09, 3,
        paths=("catalogue/**",),
    ),
    Service(
        "identity", "Platform", 1, "identity", "merge", 5.5, 1.5, 0.95, 0.03, 2,
        regularity=8, has_staging=True, has_dates_as_versions=True, wait_hours=2,
    ),
    Service(
        "shipping", "Logistics", 1, "shipping", "rebase", 4.2, 1.8, 1.3, 0.13, 5, wait_hours=2,
    ),
    Service(
        "stock", "Logistics", 2, "stock", "merge", 4.2, 1.9, 1.4, 0.11, 9,
        regularity=3, wait_hours=2.5, until=_at(10, 7, 17, 0),
        # Twenty-eight working days for four gaps; nine were usual.
        last_slots=(
            _at(10, 8, 12, 20), _at(10, 16, 8, 35), _at(10, 26, 13, 50), _at(11, 5, 10, 15),
            _at(11, 17, 9, 30),
        ),
        waiting_since=_at(11, 17, 10, 30),
    ),
    Service(
        "notifications", "Platform", 2, "notifications", "rebase", 3.9, 1.8, 1.7, 0.1, 14,
        wait_hours=4, until=_at(11, 10, 9, 0), last_slots=(_at(11, 10, 13, 25),),
        waiting_since=_at(11, 13, 13, 0), avoids_fridays=True,
    ),
    Service(
        "invoicing", "Payments", 2, "invoicing", "squash", 2.8, 2.2, 2.0, 0.05, 11,
        regularity=3, wait_hours=4, until=_at(10, 21, 12, 0),
        # Twenty-two working days before the as-of moment.
        last_slots=(_at(10, 22, 8, 40),),
        waiting_since=_at(11, 4, 9, 0),
    ),
    Service(
        "returns", "Logistics", 3, "returns", "squash", 1.1, 2.0, 2.6, 0.08, 0,
        wait_hours=6, until=_at(4, 28, 12, 0), last_slots=(_at(4, 29, 9, 10),),
    ),
    Service(
        "loyalty", "Storefront", 3, "loyalty", "squash", 0, 3.0, 1.8, 0.0, 2,
        wait_hours=3, begins=_at(10, 19, 7, 0), until=_at(10, 19, 7, 0),
        last_slots=(_at(11, 5, 13, 40), _at(11, 17, 12, 5), _at(11, 20, 9, 30)),
        waiting_since=_at(11, 20, 11, 0),
    ),
)  # fmt: skip

FREEZES = (
    Freeze("Christmas freeze", date(2025, 12, 23), date(2026, 1, 2)),
    Freeze("Message provider move", date(2026, 11, 11), date(2026, 11, 27), ("notifications",)),
)

HOLIDAYS = frozenset(
    {
        date(2025, 5, 29),
        date(2025, 6, 9),
        date(2025, 10, 3),
        date(2025, 12, 25),
        date(2025, 12, 26),
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
    }
)

FIRST_DEVELOPER = {"Payments": 1, "Storefront": 11, "Logistics": 21, "Platform": 31}


def configuration() -> dict[str, Any]:
    """Say what a configuration file has to state about this organisation."""
    return {
        "services": [_service(service) for service in SERVICES],
        "calendar": {
            "time_zone": TIME_ZONE,
            "country": "DE",
            "freezes": [_freeze(freeze) for freeze in FREEZES],
        },
        "architecture": {"tests": [TESTS]},
        "delivery": {"signals": {"business": ["orders-*"]}},
        "claims": claims(),
    }


def _service(service: Service) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "name": service.name,
        "team": service.team,
        "tier": service.tier,
        "repository": service.repository,
    }
    return stated | ({"paths": list(service.paths)} if service.paths else {})


def _freeze(freeze: Freeze) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "name": freeze.name,
        "from": freeze.first.isoformat(),
        "to": freeze.last.isoformat(),
    }
    return stated | ({"services": list(freeze.services)} if freeze.services else {})
