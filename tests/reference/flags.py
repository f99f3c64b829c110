"""Feature flags, and the incidents that may be due to them."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.reference.deployments import PRODUCTION
from tests.reference.incidents import Incidents
from tests.reference.organisation import Row, is_one_of, words


class Flags(Incidents):
    """The turns of flags of one organisation."""

    @cached_property
    def flag_events(self) -> list[Row]:
        """Turns of flags in production, and the service that they are of."""
        return [
            {**row, "service": self.named(row["service"])}
            for row in self.table("flag_events")
            if row["environment"] is None or is_one_of(row["environment"], PRODUCTION)
        ]

    def flag_links_of(self, incident: Row) -> Iterator[tuple[Row, str, float]]:
        """Yield the flag event, how and confidence of every flag that an incident may be due to."""
        if not incident["service"]:
            return
        started, ended = incident["started_at"], incident["resolved_at"]
        mine = [row for row in self.flag_events if row["service"] in incident["blamed"]]
        before = [r for r in mine if r["does"] == "raised" and r["happened_at"] <= started]
        for row in before:
            age = started - row["happened_at"]
            if self.names_flag(incident, row["flag_key"]) and age <= timedelta(
                days=self.rule_of("lookback_days", incident, row)
            ):
                yield row, "named", 0.95
            was_lowered = any(
                one["does"] == "lowered"
                and self.flag_of(one) == self.flag_of(row)
                and started <= one["happened_at"]
                and (ended is None or one["happened_at"] <= ended)
                for one in mine
            )
            window = timedelta(minutes=self.rule_of("flag_window_minutes", incident, row))
            if was_lowered and age <= window:
                yield row, "raised_and_lowered", 0.9
        for service in incident["blamed"]:
            known = [row for row in before if row["service"] == service]
            if known:
                row = max(known, key=lambda r: (r["happened_at"], r["flag_event_id"]))
                if confidence := self.by_time(incident, row["happened_at"]):
                    yield row, "service_and_time", confidence

    @staticmethod
    def flag_of(row: Row) -> tuple[Any, ...]:
        """Return which flag an event is of."""
        return row["service"], row["flag_key"]

    @staticmethod
    def names_flag(incident: Row, key: str) -> bool:
        """Tell whether the title of an incident has the key of a flag as a whole word."""
        return key.lower() in words(incident["title"])

    @cached_property
    def flag_links(self) -> list[Row]:
        """Incidents and the flag events that they may be due to."""
        found = []
        for incident in self.incidents:
            for row, how, confidence in self.flag_links_of(incident):
                found.append(
                    {
                        "incident_id": incident["incident_id"],
                        "claimed_by": incident["service"],
                        "service": row["service"],
                        "flag_event_id": row["flag_event_id"],
                        "flag_key": row["flag_key"],
                        "raised_at": row["happened_at"],
                        "how": how,
                        "confidence": confidence,
                        "is_sure": confidence >= self.rule_of("minimum_confidence", incident, row),
                    }
                )
        return found

    @cached_property
    def strongest_flags(self) -> dict[str, float]:
        """The confidence of the strongest flag link of each incident."""
        found: dict[str, float] = {}
        for row in self.flag_links:
            known = found.get(row["incident_id"], 0)
            found[row["incident_id"]] = max(row["confidence"], known)
        return found
