"""A made-up LaunchDarkly: pages, quota, refusals, and what its rules and log mean."""

from datetime import UTC, datetime

import pytest

from connectors import SourceError
from connectors.flags import FlagTool, launchdarkly
from tests.connectors.flags.collecting import QUICK, collect
from tests.hosts.serving import Answer, Server

TOKEN = "api-made-up-token-of-ours"
BORN = 1_767_225_600_000
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
BOOLEAN = [{"value": True}, {"value": False}]


def config(**told):
    return {"on": True, "fallthrough": {"variation": 1}, "offVariation": 1, "rules": [], **told}


def flag(key, told, **more):
    body = {"key": key, "creationDate": BORN, "variations": BOOLEAN, "temporary": True, "tags": []}
    return {**body, "environments": {"production": told}, **more}


class Account:
    """What the account holds, served in pages; ``before`` may answer instead."""

    def __init__(self):
        self.flags = [flag(f"flag-{place:03}", config()) for place in range(150)]
        self.entries = []
        self.details = {}
        self.before = lambda request: None
        self.asked = []

    def answer(self, request):
        self.asked.append(request)
        told = self.before(request)
        if told is not None:
            return told
        if request.headers.get("authorization") != TOKEN:
            return Answer(401, {"message": f"no such token {TOKEN}"})
        path, query = request.path.removeprefix("/api/v2"), request.query
        if path.startswith("/auditlog/"):
            return Answer(200, self.details[path.rpartition("/")[2]])
        if path == "/auditlog":
            before = int(query.get("before") or 10**15)
            rows = [one for one in self.entries if one["date"] < before]
            return Answer(200, {"items": rows[: int(query["limit"])]})
        if path == "/flag-statuses/web/production":
            self_link = {"self": {"href": "/api/v2/flag-statuses/web/production/flag-000"}}
            seen = {"name": "active", "lastRequested": "2026-11-20T08:00:00Z", "_links": self_link}
            return Answer(200, {"items": [seen]})
        if path.endswith("/context-kinds"):
            return Answer(200, {"items": [{"key": "user"}, {"key": "organization"}]})
        found = {
            "/projects": [{"key": "web"}, {"key": "hidden"}],
            "/projects/web/environments": [{"key": "production", "critical": True}],
            "/flags/web": [] if query.get("archived") == "true" else self.flags,
        }[path]
        start, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
        page = found[start : start + limit]
        return Answer(200, {"items": page, "totalCount": len(found)})


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def connected(account):
    with Server(account.answer) as server:

        def tool(**told):
            asked = {"url": server.url, "token": TOKEN, "projects": ["web"], "since": SINCE}
            return FlagTool(launchdarkly.connect(**{**asked, **QUICK, **told}))

        yield tool


def test_all_pages_are_read_and_what_is_gone_is_gone(account, connected):
    landed = collect(connected())
    assert (len(landed.of("flags", "web")), landed.failures) == (150, [])

    del account.flags[7]
    landed = collect(connected(), landed)

    assert len(landed.of("flags", "web")) == 149
    assert "web/flag-007" not in landed.of("flags", "web")
    assert len(landed.of("flag_states", "web")) == 149


def test_rules_tell_the_share_of_everybody_and_the_fields_that_choose(account, connected):
    rollout = {
        "variations": [{"variation": 0, "weight": 25_000}, {"variation": 1, "weight": 75_000}]
    }
    clause = {"contextKind": "organization", "attribute": "key", "op": "in", "values": ["acme"]}
    account.flags = [
        flag("flag-000", config(fallthrough={"rollout": rollout})),
        flag("named", config(rules=[{"clauses": [clause], "variation": 0}])),
        flag("all", config(fallthrough={"variation": 0}, on=False), temporary=False),
        flag(
            "targets",
            config(contextTargets=[{"values": ["u1"], "variation": 0, "contextKind": "user"}]),
            tags=["kill-switch", "remove-by: 2026-10-01"],
            _maintainerTeam={"name": "Payments"},
            _maintainer={"email": "ada@example.invalid", "firstName": "Ada"},
        ),
    ]
    landed = collect(connected())
    states, flags = landed.of("flag_states", "web"), landed.of("flags", "web")

    assert {key.split("@")[0]: told["rollout_share"] for key, told in states.items()} == {
        "web/flag-000": "0.25", "web/named": "0", "web/all": "1", "web/targets": "0",
    }  # fmt: skip
    assert states["web/named@production"]["fields"] == "organization"
    assert states["web/targets@production"]["fields"] == "user"
    assert states["web/all@production"]["is_enabled"] == "false"
    assert states["web/flag-000@production"]["evaluated_at"] == "2026-11-20T08:00:00Z"
    kinds = {told["flag_key"]: told["kind"] for told in flags.values()}
    assert kinds == {"flag-000": "release", "named": "release", "all": "unknown", "targets": "ops"}
    told = flags["web/targets"]
    assert (told["team"], told["removal_on"], told["removal_how"]) == (
        "Payments",
        "2026-10-01",
        "tag",
    )
    assert "ada" not in str(landed.records).lower()


def entry(place, action, verb, environment="production"):
    resource = f"proj/web:env/{environment}:flag/flag-000"
    return {
        "_id": f"e{place:02}",
        "date": BORN + place * 60_000,
        "kind": "flag",
        "accesses": [{"action": action, "resource": resource}],
        "titleVerb": verb,
    }


def test_the_log_is_read_page_by_page_and_again_only_what_is_new(account, connected):
    account.entries = [entry(place, "createFlag", "created the flag") for place in range(45)][::-1]
    rollout = {
        "variations": [{"variation": 0, "weight": 10_000}, {"variation": 1, "weight": 90_000}]
    }
    version = flag("flag-000", config(fallthrough={"rollout": rollout}))
    changed = entry(45, "updateFallthrough", "changed the fallthrough")
    account.entries.insert(0, changed)
    account.details["e45"] = {**changed, "currentVersion": version}
    account.entries.insert(0, entry(46, "updateGlobalArchived", "archived the flag", "*"))

    landed = collect(connected())
    changes = landed.of("changes", "web")
    before = len(account.asked)
    collect(connected(), landed)
    again = [one for one in account.asked[before:] if one.path == "/api/v2/auditlog"]

    assert (len(changes), landed.failures) == (47, [])
    assert changes["e45"]["rollout_share"] == "0.1"
    assert changes["e45"]["is_enabled"] == "true"
    assert changes["e46"]["is_enabled"] == "false"
    assert "environment" not in changes["e46"]
    assert len(again) == 1


def test_pages_for_ever_are_noticed_and_nothing_is_taken_for_whole(account, connected):
    landed = collect(connected())
    page = {"items": account.flags[:100], "totalCount": 10_000}
    account.before = lambda one: Answer(200, page) if one.path == "/api/v2/flags/web" else None

    landed = collect(connected(), landed)

    assert {failure.entity for failure in landed.failures} == {"flags", "flag_states"}
    assert all("in a circle" in str(failure.error) for failure in landed.failures)
    assert len(landed.of("flags", "web")) == 150


def test_a_limit_is_waited_for_as_long_as_it_says(account, connected):
    waits, limits = [], [Answer(429, {}, {"Retry-After": "7"})]
    account.before = lambda one: limits.pop() if limits else None

    landed = collect(connected(sleep=waits.append))

    assert landed.failures == []
    assert max(waits) == pytest.approx(7, abs=1)


def test_a_refused_token_is_told_without_it(connected):
    with pytest.raises(SourceError) as told:
        list(connected(token="another-made-up-token").collect("flags", {}))

    assert "role Reader" in str(told.value)
    assert "another-made-up-token" not in str(told.value)
