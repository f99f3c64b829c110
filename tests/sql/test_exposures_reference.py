"""Exposures and what they broke, against a slow reference that shares no code with the SQL."""

import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from tests import support
from tests.cases import building

AS_OF = datetime(2026, 3, 20, 12, tzinfo=UTC)
START = datetime(2026, 3, 9, 0, tzinfo=UTC)
SEEDS = range(60 if os.environ.get("DRUMBEAT_TEST_ALL") else 4)
KINDS = {"new-basket": "release", "kill-search": "ops", "price-test": "experiment"}
PLACES = ("production", "production", "staging")
TABLES = ["facts.flag_exposures", "marts.architecture_release_fail_rate",
          "marts.architecture_release_decoupling"]  # fmt: skip
WEEK = "where scope = 'service' and period = 'week' and starts_on = date '2026-03-09'"


class Drawn:
    """A week of one service: turns of flags, deployments and incidents, often at one moment."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(f"exposures/{seed}")

        def moment() -> datetime:
            # In steps of ten minutes, so that windows end on the second; three days are full.
            return START + timedelta(days=draw.randrange(3), minutes=10 * draw.randrange(60))

        keys = sorted(KINDS)
        self.turns = sorted(
            (moment(), f"f{number:02d}", draw.choice(keys), draw.choice(PLACES),
             draw.choice(("raised", "raised", "lowered")))
            for number in range(draw.randint(1, 12))
        )  # fmt: skip
        self.deployed = sorted(
            (moment(), f"d{number}", draw.choice(("success", "success", "failure")))
            for number in range(draw.randint(0, 5))
        )
        self.incidents = []
        for number in range(draw.randint(0, 5)):
            began = moment()
            title = draw.choice(("It is slow", *(f"{key} is broken" for key in keys)))
            self.incidents.append((began, f"i{number}", title, began + timedelta(minutes=60)))

    def tables(self) -> dict[str, list[dict]]:
        """Return the neutral tables."""
        return {
            "flags": [
                {"flag_id": key, "flag_key": key, "kind": kind, "service": "shop"}
                for key, kind in KINDS.items()
            ],
            "flag_events": [
                {"flag_event_id": name, "flag_key": key, "environment": place, "does": does,
                 "happened_at": at}
                for at, name, key, place, does in self.turns
            ],
            "deployments": [
                {"deployment_id": name, "service": "shop", "finished_at": at, "status": status}
                for at, name, status in self.deployed
            ],
            "incidents": [
                {"incident_id": name, "service": "shop", "started_at": at, "resolved_at": until,
                 "title": title}
                for at, name, title, until in self.incidents
            ],
        }  # fmt: skip

    def exposures(self) -> dict[str, tuple[bool, bool]]:
        """Return whether each exposure is decoupled, and whether it failed."""
        failed = {name for name in map(self.blamed, self.incidents) if name}
        found = {}
        for at, name, key, place, does in self.turns:
            if does == "raised" and place == "production" and KINDS[key] in ("release", "ops"):
                near = [
                    one
                    for one, _, status in self.deployed
                    if status == "success" and abs(one - at) <= timedelta(minutes=30)
                ]
                found[name] = (not near, name in failed)
        return found

    def blamed(self, incident: tuple[datetime, str, str, datetime]) -> str | None:
        """Return the turn that an incident is put down to, if a deployment is not as likely."""
        began, _, title, until = incident
        before = [one for one in self.turns if one[3] == "production" and one[4] == "raised"
                  and one[0] <= began]  # fmt: skip
        likely = []
        for place, (at, name, key, *_) in enumerate(before, start=1):
            lowered = [
                one[0]
                for one in self.turns
                if one[2:] == (key, "production", "lowered") and one[0] >= began
            ]
            sure = 0.0
            if place == len(before):
                sure = aged(began - at)
            if began - at <= timedelta(hours=1) and lowered and min(lowered) <= until:
                sure = 0.9
            if key in title:
                sure = 0.95
            likely.append((sure, at, name))
        deployed = [at for at, _, status in self.deployed if status == "success" and at <= began]
        rival = aged(began - max(deployed)) if deployed else 0.0
        best = max(likely, default=(0.0, began, ""))
        return best[2] if best[0] >= 0.25 and best[0] > rival else None


def aged(age: timedelta) -> float:
    """Return how likely something is by time alone."""
    return round(0.5 * 2 ** -(age / timedelta(hours=24)), 6)


@pytest.fixture(scope="module")
def warehouse():
    with building.warehouse() as con:
        yield con


@pytest.mark.parametrize("seed", SEEDS)
def test_exposures_are_decoupled_and_fail_as_counted_one_by_one(seed, warehouse, tmp_path):
    drawn = Drawn(seed)
    support.write(tmp_path, **drawn.tables())
    project = support.project(tmp_path, services=[{"name": "shop"}])
    building.make(warehouse, tmp_path, project.configuration, AS_OF, TABLES)
    expected = drawn.exposures()

    rows = warehouse.sql(
        "select flag_event_id, is_decoupled, is_failed from facts.flag_exposures"
    ).fetchall()
    assert {name: tuple(row) for name, *row in rows} == expected
    shares = warehouse.sql(
        f"select exposure_count, failed_count from marts.architecture_release_fail_rate {WEEK} "
        "union all select exposure_count, decoupled_count "
        f"from marts.architecture_release_decoupling {WEEK}"
    ).fetchall()
    counts = [sum(failed for _, failed in expected.values()), sum(e for e, _ in expected.values())]
    # What never deployed has no periods.
    has_periods = any(status == "success" for *_, status in drawn.deployed)
    told = [(len(expected), count) for count in counts]
    assert shares == (told if expected and has_periods else [])
