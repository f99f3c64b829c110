"""A made-up Opsgenie: alerts and incidents, searched by when they were made and how they stand."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from connectors.hosts.walking import parsed
from tests.hosts.serving import Answer, Server

TOKEN = "opsgenie-token-for-tests"
START = datetime(2025, 3, 3, 9, tzinfo=UTC)
TERM = re.compile(r"createdAt (>=|<) (\d+)")


def written(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.250Z")


class FakeOpsgenie:
    """Serves what it was told; ``calls`` are paths with their queries."""

    def __init__(self):
        self.now = START
        self.things = {"/v1/incidents": [], "/v2/alerts": []}
        self.services = [{"id": "S1", "name": "Checkout"}, {"id": "S2", "name": "Search"}]
        self.calls, self.is_endless = [], False
        self.server = Server(self.answer)
        self.url = self.server.url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()

    def wait(self, **told):
        self.now += timedelta(**told)

    def make(self, path, **told):
        rows = self.things[path]
        body = {
            "id": f"{path[4]}{len(rows) + 1}", "tinyId": str(len(rows) + 1), "status": "open",
            "message": "Checkout is down", "tags": [], "priority": "P1",
            "createdAt": written(self.now), "updatedAt": written(self.now),
        }  # fmt: skip
        rows.append(body | told)
        return rows[-1]

    def incident(self, **told):
        told = {"impactedServices": ["S1"], "impactStartDate": written(self.now), **told}
        return self.make("/v1/incidents", **told)

    def alert(self, **told):
        return self.make("/v2/alerts", **{"acknowledged": False, **told})

    def resolve(self, incident):
        ended = {"status": "resolved", "impactEndDate": written(self.now)}
        incident |= {**ended, "updatedAt": written(self.now)}

    def close(self, alert, acknowledged_after=60):
        took = int((self.now - parsed(alert["createdAt"])).total_seconds() * 1000)
        report = {"ackTime": acknowledged_after * 1000, "closeTime": took}
        alert |= {"status": "closed", "report": report, "updatedAt": written(self.now)}

    def answer(self, request):
        self.calls.append((request.path, request.query))
        told = self.told(request)
        return Answer(told.status, told.body, {"Date": format_datetime(self.now, usegmt=True)})

    def told(self, request):
        if request.headers.get("authorization") != f"GenieKey {TOKEN}":
            return Answer(422, {"message": "Key format is not valid!"})
        if request.path == "/v1/services":
            return Answer(200, {"data": self.services, "paging": {}})
        if request.path in self.things:
            return self.page(self.found(self.things[request.path], request.query), request.query)
        path, _, name = request.path.rpartition("/")
        rows = [row for row in self.things.get(path, ()) if row["id"] == name]
        return Answer(200, {"data": rows[0]}) if rows else Answer(404, {"message": "No such thing"})

    def found(self, rows, query):
        kept = list(rows)
        for sign, value in TERM.findall(query["query"]):
            edge = datetime.fromtimestamp(int(value) / 1000, UTC)
            kept = [one for one in kept if (parsed(one["createdAt"]) >= edge) == (sign == ">=")]
        if "status: open" in query["query"]:
            kept = [one for one in kept if one["status"] == "open"]
        return sorted(kept, key=lambda row: (row["createdAt"], row["id"]), reverse=True)

    def page(self, rows, query):
        offset, limit = int(query.get("offset", 0)), int(query["limit"])
        if offset + limit > 20_000:
            return Answer(422, {"message": "offset + limit should be smaller than 20000"})
        shown = rows[offset : offset + limit]
        is_more = self.is_endless or offset + limit < len(rows)
        shown = rows[:limit] if self.is_endless and not shown else shown
        paging = {"next": f"{self.url}/next"} if is_more else {}
        return Answer(200, {"data": shown, "paging": paging})
