"""PagerDuty's log: when incidents were acknowledged and resolved, and which changed since."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from connectors.hosts.walking import stamp
from connectors.pagers import payloads
from connectors.pagers.judging import Body, Missing
from connectors.pagers.pagerduty_client import PagerDutyClient
from connectors.pagers.paging import Part, bisected, every
from connectors.pagers.payloads import ACKNOWLEDGED, OPENED, RESOLVED, Course

STATES: Final = {
    "trigger_log_entry": OPENED,
    "unacknowledge_log_entry": OPENED,
    "reopen_log_entry": OPENED,
    "acknowledge_log_entry": ACKNOWLEDGED,
    "resolve_log_entry": RESOLVED,
}
# What is told to people, and what people tell each other, changes no incident.
NOISE: Final = re.compile(
    "notify|annotate|assign|escalat|delegate|snooze|reach_|responder|status_update|subscriber"
)
# So few incidents are asked one by one.
FEW: Final = 10

Fetching = Callable[[str, Mapping[str, str]], Callable[[str | None], Part]]


@dataclass(frozen=True, slots=True)
class Log:
    """Reads the log of one account: of many incidents at once, where they are many."""

    client: PagerDutyClient
    fetching: Fetching

    def of(self, incidents: Sequence[Body]) -> dict[str, list[Body]]:
        """Return what the log has of incidents that began one after the other."""
        if len(incidents) <= FEW:
            return {str(body["id"]): self.one(str(body["id"])) for body in incidents}
        began = [at for body in incidents if (at := payloads.time(body["created_at"]))]
        first, last = min(began), max(began)
        until = last + max(timedelta(hours=1), (last - first) / 2)
        found: dict[str, list[Body]] = {}
        for entry in self._between(first, until, is_overview=True):
            found.setdefault(incident_of(entry), []).append(entry)
        for body in incidents:
            if not is_done_by(body, until):
                found[str(body["id"])] = self.one(str(body["id"]))
        return found

    def one(self, name: str) -> list[Body]:
        """Return what the log has of one incident."""
        path = f"/incidents/{name}/log_entries"
        try:
            return every(self.fetching(path, {"is_overview": "true"}), f"PagerDuty, log of {name}")
        except Missing:
            return []

    def changed(self, since: datetime, until: datetime) -> set[str]:
        """Return the incidents of which anything changed that is kept here."""
        entries = self._between(since, until + timedelta(days=1), is_overview=False)
        told = (entry for entry in entries if not NOISE.search(str(entry.get("type"))))
        return {incident_of(entry) for entry in told} - {""}

    def _between(self, since: datetime, until: datetime, *, is_overview: bool) -> Iterable[Body]:
        def ask(begin: datetime, end: datetime) -> list[Body]:
            second = timedelta(seconds=1)
            span = {"since": stamp(begin - second), "until": stamp(end + second)}
            query = {"is_overview": str(is_overview).lower(), **span}
            return every(self.fetching("/log_entries", query), "PagerDuty, log", overlaps=True)

        return {str(entry["id"]): entry for entry in bisected(ask, since, until)}.values()


def incident_of(entry: Body) -> str:
    """Return the incident that an entry is about."""
    return str((entry.get("incident") or {}).get("id") or "")


def is_done_by(body: Body, moment: datetime) -> bool:
    """Tell whether nothing happened to an incident later."""
    changed = payloads.time(body.get("last_status_change_at"))
    return body.get("status") == "resolved" and changed is not None and changed <= moment


def course(body: Body, log: Sequence[Body]) -> Course:
    """Return the course that the log tells; the incident itself knows best how it stands."""
    states = [
        (at, STATES[str(entry.get("type"))])
        for entry in log
        if str(entry.get("type")) in STATES and (at := payloads.time(entry.get("created_at")))
    ]
    # Acknowledgements that are in force are told by the incident itself.
    told = [one for one in body.get("acknowledgements") or () if isinstance(one, Mapping)]
    if not any(state == ACKNOWLEDGED for _, state in states):
        states += [(at, ACKNOWLEDGED) for one in told if (at := payloads.time(one.get("at")))]
    found = payloads.course(states)
    if body.get("status") != "resolved":
        was_resolved = found.resolved_at is not None
        return replace(found, resolved_at=None, reopened_count=found.reopened_count + was_resolved)
    said = [payloads.time(body.get(name)) for name in ("resolved_at", "last_status_change_at")]
    resolved = next((at for at in (said[0], found.resolved_at, said[1]) if at), None)
    return replace(found, resolved_at=resolved)
