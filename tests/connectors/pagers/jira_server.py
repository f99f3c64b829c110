"""A made-up Jira, cloud or data center, that understands the little JQL that it is asked."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.hosts.serving import Answer, Server

TOKEN = "jira-token-for-tests"
START = datetime(2025, 3, 3, 9, tzinfo=UTC)
STATUSES = {"1": ("Open", "new"), "3": ("In Progress", "indeterminate"),
            "5": ("Resolved", "done"), "6": ("Closed", "done")}  # fmt: skip


def written(moment):
    """Write a time as Jira does, in the zone of whoever asks."""
    return (moment + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.000+0200")


class FakeJira:
    """Serves issues; `is_cloud` says which paths it knows."""

    def __init__(self, *, is_cloud=True):
        self.now, self.is_cloud = START, is_cloud
        self.issues, self.histories, self.calls = [], {}, []
        self.types = ["Bug", "[System] Incident"]
        self.fields = [{"id": "customfield_1", "name": "Severity"},
                       {"id": "customfield_2", "name": "Affected services"},
                       {"id": "customfield_3", "name": "Outage began"},
                       {"id": "customfield_4", "name": "Outage over"}]  # fmt: skip
        self.is_endless = False
        self.server = Server(self.answer)
        self.url = self.server.url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()

    def wait(self, **told):
        self.now += timedelta(**told)

    def issue(self, summary="Checkout is down", kind="[System] Incident", **fields):
        number = len(self.issues) + 1
        told = {
            "summary": summary, "issuetype": {"name": kind}, "status": status("1"),
            "created": written(self.now), "updated": written(self.now), "labels": [],
            "components": [], "priority": {"name": "High"},
        }  # fmt: skip
        made = {"id": str(1000 + number), "key": f"OPS-{number}", "fields": told | fields}
        self.issues.append(made)
        self.histories[made["id"]] = []
        return made

    def edit(self, issue, **fields):
        issue["fields"] |= {**fields, "updated": written(self.now)}

    def move(self, issue, to):
        log = self.histories[issue["id"]]
        change = {"field": "status", "fieldId": "status", "to": to, "from": "?"}
        created = int(self.now.timestamp() * 1000) if self.is_cloud else written(self.now)
        log.append({"id": f"{issue['id']}{len(log)}", "created": created, "items": [change]})
        self.edit(issue, status=status(to))

    def answer(self, request):
        self.calls.append((request.path, request.query))
        told = self.told(request)
        return Answer(told.status, told.body, {"Date": format_datetime(self.now, usegmt=True)})

    def told(self, request):
        kind = "Cloud" if self.is_cloud else "Server"
        api = "/rest/api/3" if self.is_cloud else "/rest/api/2"
        if request.path == "/rest/api/2/serverInfo":
            return Answer(200, {"deploymentType": kind})
        if request.headers.get("authorization") != self.authorization():
            return Answer(401, {"message": "Client must be authenticated"})
        lists = {
            f"{api}/field": self.fields,
            f"{api}/issuetype": [{"name": name} for name in self.types],
            f"{api}/status": [{"id": name, **status(name)} for name in STATUSES],
            f"{api}/myself": {"displayName": "Ann"},
        }
        if request.path in lists:
            return Answer(200, lists[request.path])
        if request.path == f"{api}/changelog/bulkfetch":
            return self.bulk(json.loads(request.body))
        if request.path == f"{api}/search" + ("/jql" if self.is_cloud else ""):
            return self.search(request.query)
        return Answer(404, {"errorMessages": ["No such path"]})

    def authorization(self):
        # ann@example.com:jira-token-for-tests
        basic = "Basic YW5uQGV4YW1wbGUuY29tOmppcmEtdG9rZW4tZm9yLXRlc3Rz"
        return basic if self.is_cloud else f"Bearer {TOKEN}"

    def bulk(self, asked):
        logs = [{"issueId": name, "changeHistories": self.histories[name]}
                for name in asked["issueIdsOrKeys"] if self.histories[name]]  # fmt: skip
        return Answer(200, {"issueChangeLogs": logs})

    def search(self, query):
        wrong = re.search(r"issuetype in \(([^)]*)\)", query["jql"])
        names = re.findall(r'"([^"]*)"', wrong[1]) if wrong else []
        if set(names) - set(self.types) or "nonsense" in query["jql"]:
            return Answer(400, {"errorMessages": ["The value 'x' does not exist"]})
        rows = [one for one in self.issues if one["fields"]["issuetype"]["name"] in names]
        if found := re.search(r'updated >= "(\d{4}-\d\d-\d\d)"', query["jql"]):
            rows = [one for one in rows if one["fields"]["updated"][:10] >= found[1]]
        if found := re.search(r"id in \(([\d, ]+)\)", query["jql"]):
            asked = found[1].split(", ")
            if set(asked) - {one["id"] for one in self.issues}:
                return Answer(400, {"errorMessages": ["A value with ID '1' does not exist"]})
            rows = [one for one in rows if one["id"] in asked]
        order = "updated" if "BY updated" in query["jql"] else "created"
        rows.sort(key=lambda one: (one["fields"][order], int(one["id"])), reverse=True)
        return self.page(rows, query)

    def page(self, rows, query):
        start = int(query.get("nextPageToken") or query.get("startAt") or 0)
        shown = rows[start : start + int(query["maxResults"])] or rows * self.is_endless
        reached = start + len(shown)
        if self.is_cloud:
            more = {"nextPageToken": str(reached)} if reached < len(rows) or self.is_endless else {}
            return Answer(200, {"issues": shown, **more})
        shown = [{**one, "changelog": {"histories": self.histories[one["id"]]}} for one in shown]
        return Answer(200, {"issues": shown, "startAt": start, "total": len(rows)})


def status(name):
    return {"id": name, "name": STATUSES[name][0], "statusCategory": {"key": STATUSES[name][1]}}
