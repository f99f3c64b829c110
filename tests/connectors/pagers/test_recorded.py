"""Bodies that real accounts sent, served to the real clients."""

import csv
import json
import sys

from connectors.hosts.walking import parsed
from tests.connectors.pagers.collecting import collect, incidents
from tests.connectors.pagers.opsgenie_server import FakeOpsgenie
from tests.connectors.pagers.test_opsgenie import read
from tests.hosts.testbeds import find_testbeds

SINCE = parsed("2022-01-01T00:00:00Z")


def bodies(kind):
    csv.field_size_limit(sys.maxsize)
    file = find_testbeds() / "recorded" / "api-bodies" / f"_raw_{kind}.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        return [json.loads(row["data"]) for row in csv.DictReader(rows)]


def test_recorded_incidents_of_pagerduty_land(pager, duty):
    for body in bodies("pagerduty_incidents"):
        pager.entries += body.pop("log_entries")
        pager.incidents.append(body)

    landed = collect(duty(since=SINCE))

    assert landed.failures == []
    found = incidents(landed)
    course = ("started_at", "acknowledged_at", "resolved_at", "urgency")
    assert [tuple(found[name].get(key) for key in course) for name in sorted(found)] == [
        ("2022-11-03T06:45:36Z", "2022-11-03T06:45:46Z", "2022-11-03T06:51:44Z", "low"),
        ("2022-11-03T06:44:28Z", "2022-11-03T06:44:37Z", None, "high"),
        ("2022-11-03T06:23:06Z", "2022-11-03T06:23:07Z", None, "high"),
    ]
    assert {one["services"] for one in found.values()} == {"DevService"}
    assert "Amini" not in json.dumps(found)


def test_recorded_incidents_of_opsgenie_land():
    with FakeOpsgenie() as genie:
        genie.things["/v1/incidents"] += bodies("opsgenie_incidents")
        landed = read(genie, since=SINCE)

    assert landed.failures == []
    told = {one["title"]: one for one in incidents(landed).values()}
    assert "resolved_at" not in told["Incident#1"]
    assert told["Incident#2"]["resolved_at"] == "2023-09-05T18:21:21Z"
    assert told["Incident#2"]["priority"] == "P5"
