"""A made-up PagerDuty: incidents with their log, and change events, by a clock of its own."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from connectors.hosts.walking import parsed, stamp
from tests.hosts.serving import Answer, Server

TOKEN = "pagerduty-token-for-tests"
START = datetime(2025, 3, 3, 9, tzinfo=UTC)


class FakePagerDuty:
    """Serves what it was told over http; ``calls`` are paths with their queries."""

    def __init__(self):
        self.now = START
        self.incidents, self.entries, self.changes, self.calls = [], [], [], []
        self.is_endless = False
        self.refuses = None
        self.server = Server(self.answer)
        self.url = self.server.url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()

    def wait(self, **told):
        self.now += timedelta(**told)

    def trigger(self, title="Checkout is down", service="Checkout", urgency="high", **more):
        number = len(self.incidents) + 1
        service = {"id": f"S{service.upper()}", "summary": service}
        body = {
            "id": f"P{number}", "incident_number": number, "title": title, "status": "triggered",
            "created_at": stamp(self.now), "last_status_change_at": stamp(self.now),
            "updated_at": stamp(self.now), "resolved_at": None, "service": service,
            "urgency": urgency, "acknowledgements": [], "teams": [], "priority": None,
            "html_url": f"https://acme.pagerduty.invalid/incidents/P{number}",
            "assignments": [{"assignee": {"summary": "Ann", "email": "ann@example.com"}}],
        }  # fmt: skip
        self.incidents.append(body | more)
        self.log(self.incidents[-1], "trigger")
        return self.incidents[-1]

    def log(self, incident, kind, at=None):
        self.entries.append({
            "id": f"L{len(self.entries) + 1}", "type": f"{kind}_log_entry",
            "created_at": stamp(at or self.now), "incident": {"id": incident["id"]},
        })  # fmt: skip

    def become(self, incident, status, kind, at=None):
        told = stamp(at or self.now)
        incident |= {"status": status, "last_status_change_at": told, "updated_at": told}
        incident["resolved_at"] = told if status == "resolved" else None
        self.log(incident, kind, at)

    def acknowledge(self, incident):
        self.become(incident, "acknowledged", "acknowledge")

    def resolve(self, incident, at=None):
        self.become(incident, "resolved", "resolve", at)

    def reopen(self, incident):
        self.become(incident, "triggered", "reopen")

    def change(self, summary, **details):
        body = {
            "id": f"C{len(self.changes) + 1}", "timestamp": stamp(self.now), "summary": summary,
            "source": "ci", "services": [{"id": "SCHECKOUT", "summary": "Checkout"}],
            "links": [{"href": "https://ci.example.com/build/2"}], "custom_details": details,
        }  # fmt: skip
        self.changes.append(body)
        return body

    def answer(self, request):
        self.calls.append((request.path, request.query))
        told = self.told(request)
        date = {"Date": format_datetime(self.now, usegmt=True)}
        return Answer(told.status, told.body, {**told.headers, **date})

    def told(self, request):
        if self.refuses:
            return self.refuses
        told = request.headers.get("authorization", "").removeprefix("Token token=")
        if told != TOKEN:
            return Answer(401, {"error": {"message": f"{told} is no key", "code": 2006}})
        parts, query = request.path.strip("/").split("/"), request.query
        if parts[0] == "incidents" and len(parts) > 1:
            found = next((one for one in self.incidents if one["id"] == parts[1]), None)
            if found is None:
                return Answer(404, {"error": {"message": "Not Found"}})
            if len(parts) == 2:
                return Answer(200, {"incident": found})
            rows = [one for one in self.entries if one["incident"]["id"] == parts[1]]
            return self.page("log_entries", rows[::-1], query)
        listed = {"incidents": (self.incidents, "created_at"),
                  "log_entries": (self.entries, "created_at"),
                  "change_events": (self.changes, "timestamp"),
                  "services": ([{"id": "SCHECKOUT", "name": "Checkout"}], "")}  # fmt: skip
        rows, key = listed[parts[0]]
        return self.page(parts[0], between(rows, key, query), query)

    def page(self, name, rows, query):
        limit, offset = int(query.get("limit") or 25), int(query.get("offset") or 0)
        if limit + offset > 10_000:
            return Answer(400, {"error": {"message": "Offset must be less than 10000"}})
        shown = rows[offset : offset + limit]
        is_more = self.is_endless or offset + limit < len(rows)
        shown = rows[:limit] if self.is_endless and not shown else shown
        return Answer(200, {name: shown, "limit": limit, "offset": offset, "more": is_more})


def between(rows, key, query):
    """Return what a span of time has, the latest first."""
    since, until = parsed(query.get("since")), parsed(query.get("until"))
    if since and key == "created_at" and "sort_by" in query:
        assert until - since < timedelta(days=180), "PagerDuty refuses so much"
    kept = [row for row in rows if since is None or since <= parsed(row[key]) < until]
    return sorted(kept, key=lambda row: row.get(key) or "", reverse=True)
