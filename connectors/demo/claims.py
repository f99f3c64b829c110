"""What the people of the demo claim and nothing measures."""

from typing import Any

WIKI = "https://wiki.example"


def claims() -> list[dict[str, Any]]:
    """Return the claims: in force, stale, and a runbook that nobody tried."""
    return [
        claim("drill", "returns", "A rollback was practised in staging", "Logistics", "2026-06-01"),
        claim("in_flight", "checkout", "Baskets survive a switch", "Payments", "2026-09-21"),
        claim("in_flight", "shipping", "Labels in print survive a switch", "Logistics",
              "2025-10-06"),
        claim("drill", "checkout", "A rollback was practised in staging", "Payments", "2026-09-14"),
        claim("drill", "shipping", "A rollback was practised at night", "Logistics", "2025-08-04"),
        claim("runbook", "invoicing", "How to take a version back", "Payments", "2026-02-02"),
        claim("in_flight", "payments", "Captures in flight survive a switch", "Payments",
              "2026-10-05"),
        claim("shadow", "stock", "Reservations are mirrored to the next version", "Logistics",
              "2026-08-31"),
    ]  # fmt: skip


def claim(what: str, service: str, says: str, owner: str, date: str) -> dict[str, Any]:
    """Return one claim, good for a year."""
    return {
        "what": what,
        "service": service,
        "says": says,
        "link": f"{WIKI}/{what}/{service}",
        "owner": owner,
        "date": date,
        "expires": f"{int(date[:4]) + 1}{date[4:]}",
    }
