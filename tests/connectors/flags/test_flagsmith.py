"""A made-up Flagsmith, by the fields and queries that its API documents."""

from datetime import UTC, datetime

import pytest

from connectors import SourceError
from connectors.flags import FlagTool, flagsmith
from tests.connectors.flags.collecting import QUICK, collect
from tests.hosts.serving import Answer, Server

TOKEN = "made-up-organisation-key"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
# What each listing documents as its queries.
QUERIES = {
    "/projects/": set(),
    "/environments/": {"project"},
    "/projects/7/features/": {"environment", "is_archived"},
    "/projects/7/tags/": set(),
    "/projects/7/segments/": set(),
    "/features/feature-segments/": {"environment", "feature"},
    "/features/featurestates/": {"environment", "feature"},
    "/projects/7/audit/": set(),
}
ADA = {"id": 1, "email": "ada@example.invalid", "first_name": "Ada"}


def feature(place, name, *, enabled=False, **more):
    body = {
        "id": place, "name": name, "type": "STANDARD", "created_date": "2026-02-03T04:05:06Z",
        "description": None, "tags": [], "multivariate_options": [], "is_archived": False,
        "owners": [ADA], "group_owners": [], "num_segment_overrides": 0,
        "num_identity_overrides": 0,
    }  # fmt: skip
    return {**body, "environment_feature_state": {"id": place, "enabled": enabled}, **more}


def condition(operator, value, name=None):
    return {"operator": operator, "property": name, "value": value}


def segment(place, *conditions):
    return {"id": place, "rules": [{"type": "ALL", "rules": [{"conditions": [*conditions]}]}]}


class Organisation:
    """What the organisation holds, served in pages."""

    def __init__(self):
        self.asked = []
        self.details = {}
        self.lists = {path: [] for path in QUERIES}
        self.lists["/projects/"] = [{"id": 7, "name": "shop"}, {"id": 8, "name": "hidden"}]
        self.lists["/environments/"] = [{"id": 3, "name": "Production", "api_key": "a-key"}]

    def answer(self, request):
        self.asked.append(request)
        if request.headers.get("authorization") != f"Api-Key {TOKEN}":
            return Answer(401, {"detail": f"Invalid key {TOKEN}"})
        path = request.path.removeprefix("/api/v1")
        if path in self.details:
            return Answer(200, self.details[path])
        query = dict(request.query)
        number, size = int(query.pop("page", 1)), int(query.pop("page_size", 10))
        assert {*query} <= QUERIES[path]
        found = self.lists[path]
        if query.get("is_archived") == "false":
            found = [one for one in found if not one["is_archived"]]
        page = found[(number - 1) * size : number * size]
        following = f"?page={number + 1}" if number * size < len(found) else None
        return Answer(200, {"count": len(found), "next": following, "results": page})


@pytest.fixture
def organisation():
    return Organisation()


@pytest.fixture
def connected(organisation):
    with Server(organisation.answer) as server:

        def tool(**told):
            asked = {"url": server.url, "token": TOKEN, "projects": ["shop"], "since": SINCE}
            return FlagTool(flagsmith.connect(**{**asked, **QUICK, **told}))

        yield tool


def test_all_pages_are_read_and_what_is_gone_is_gone(organisation, connected):
    features = organisation.lists["/projects/7/features/"]
    features += [feature(place, f"flag-{place:03}") for place in range(150)]
    landed = collect(connected())
    assert (len(landed.of("flags", "7")), landed.failures) == (150, [])

    del features[7]
    landed = collect(connected(), landed)

    assert len(landed.of("flags", "7")) == len(landed.of("flag_states", "7")) == 149
    assert {scope for _, scope, _ in landed.records} == {"7"}


def test_tags_tell_kind_end_and_staleness_and_no_person_is_kept(organisation, connected):
    organisation.lists["/projects/7/tags/"] = [
        {"id": 1, "label": "kill-switch", "type": "NONE"},
        {"id": 2, "label": "remove-by: 2026-10-01", "type": "NONE"},
        {"id": 3, "label": "Stale", "type": "STALE"},
    ]
    organisation.lists["/projects/7/features/"] = [
        feature(1, "till", tags=[1, 2, 3], group_owners=[{"id": 5, "name": "Payments"}]),
        feature(2, "prices", multivariate_options=[{"id": 1}]),
        feature(
            3, "gone", is_archived=True, last_modified_in_any_environment="2026-05-06T07:08:09Z"
        ),
    ]
    landed = collect(connected())
    flags = landed.of("flags", "7")

    till = flags["7/till"]
    assert (till["kind"], till["team"], till["removal_on"], till["is_stale"]) == (
        "ops", "Payments", "2026-10-01", "true",
    )  # fmt: skip
    assert (till["project"], till["created_at"]) == ("shop", "2026-02-03T04:05:06Z")
    assert (flags["7/prices"]["kind"], flags["7/prices"]["is_stale"]) == ("experiment", "false")
    assert flags["7/gone"]["archived_at"] == "2026-05-06T07:08:09Z"
    assert {*landed.of("flag_states", "7")} == {"7/till@Production", "7/prices@Production"}
    assert "ada" not in str(landed.records).lower()
    assert "a-key" not in str(landed.records)


def test_segments_and_identities_tell_the_share_and_the_fields_that_choose(organisation, connected):
    organisation.lists["/projects/7/features/"] = [
        feature(1, "all", enabled=True),
        feature(2, "none"),
        feature(3, "apart", num_segment_overrides=3, num_identity_overrides=1),
    ]
    organisation.lists["/projects/7/segments/"] = [
        segment(11, condition("PERCENTAGE_SPLIT", "25")),
        segment(12, condition("EQUAL", "acme", "organisation"), condition("IN", "de", "country")),
        segment(13, condition("EQUAL", "x", "never")),
    ]
    organisation.lists["/features/feature-segments/"] = [
        {"id": 100 + place, "segment": place} for place in (11, 12, 13)
    ]
    organisation.lists["/features/featurestates/"] = [
        {"id": 1, "feature_segment": None, "enabled": False},
        {"id": 2, "feature_segment": 111, "enabled": True},
        {"id": 3, "feature_segment": 112, "enabled": True},
        {"id": 4, "feature_segment": 113, "enabled": False},
    ]
    states = collect(connected()).of("flag_states", "7")

    told = {
        key.split("@")[0]: (one["is_enabled"], one["rollout_share"], one.get("fields", ""))
        for key, one in states.items()
    }
    assert told == {
        "7/all": ("true", "1", ""),
        "7/none": ("false", "0", ""),
        "7/apart": ("true", "0.25", "organisation;country;identity"),
    }


def test_the_log_tells_when_a_flag_was_turned_and_again_only_what_is_new(organisation, connected):
    said = "Flag state / Remote Config value updated for feature: till"
    entry = {"environment": {"id": 3, "name": "Production"}, "author": ADA}
    entries = [
        {**entry, "id": 4, "created_date": "2026-03-04T09:00:00Z", "log": said},
        {**entry, "id": 3, "created_date": "2026-03-03T09:00:00Z", "log": said},
        {**entry, "id": 2, "created_date": "2026-03-02T09:00:00Z", "log": "New Segment created: x"},
        {
            **entry, "id": 1, "created_date": "2026-03-01T09:00:00Z",
            "log": "Flag / Remote Config Deleted: old",
        },
    ]  # fmt: skip
    organisation.lists["/projects/7/audit/"] = entries
    details = {3: [{"field": "enabled", "old": False, "new": True}], 4: [{"field": "value"}]}
    for place, changed in details.items():
        whole = {**entries[4 - place], "change_details": changed}
        organisation.details[f"/projects/7/audit/{place}/"] = whole

    landed = collect(connected())
    before = len(organisation.asked)
    collect(connected(), landed)
    again = [one.path for one in organisation.asked[before:] if "audit" in one.path]

    changes = landed.of("changes", "7")
    assert {key: one.get("is_enabled") for key, one in changes.items()} == {
        "4": None, "3": "true", "1": "false",
    }  # fmt: skip
    assert (changes["3"]["flag_id"], changes["3"]["environment"]) == ("7/till", "Production")
    assert "environment" not in changes["1"]
    # The latest entry is looked at again, as logs may be told late.
    assert again == ["/api/v1/projects/7/audit/", "/api/v1/projects/7/audit/4/"]


def test_a_refused_key_is_told_without_it(connected):
    with pytest.raises(SourceError) as told:
        list(connected(token="another-made-up-key").collect("flags", {}))

    assert "organisation API key" in str(told.value)
    assert "another-made-up-key" not in str(told.value)
    assert [one.level for one in connected().api.access()] == ["ok"]
