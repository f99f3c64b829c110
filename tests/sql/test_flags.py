"""Flags that webhooks told of, and what is learnt of flags and overrides later."""

import pytest
import yaml

from connectors.events import gitlab, launchdarkly, unleash
from tests.sql.events import RECEIVED, organisation, posted
from tests.sql.hosts import march
from tests.support import at, metric, project, published, refresh, rows, told, write

# GitLab tells no time of its own, so it is that of the delivery.
LATER = march("11 10:00")
SHOP = {"name": "shop", "flags": "new-*"}
DEPLOYMENT = {"deployment_id": "d1", "service": "shop", "finished_at": at("2026-03-10 10:00")}
INCIDENT = {
    "incident_id": "i1",
    "service": "shop",
    "started_at": at("2026-03-10 11:00"),
    "resolved_at": at("2026-03-10 13:00"),
}
RAISED = {
    "flag_event_id": "f1",
    "flag_key": "new-basket",
    "service": "shop",
    "does": "raised",
    "happened_at": at("2026-03-10 10:50"),
}
LOWERED = {
    **RAISED,
    "flag_event_id": "f2",
    "does": "lowered",
    "happened_at": at("2026-03-10 12:00"),
}


def turned(type, moment, flag="new-basket", environment="production"):
    """Return what a webhook of Unleash lands as."""
    body = {
        "id": 7,
        "type": type,
        "createdAt": told(march(moment)),
        "featureName": flag,
        "project": "web",
        "environment": environment,
    }
    return [event.record() for event in unleash.translate({}, body, host="", received_at=RECEIVED)]


def test_unleash_tells_what_was_turned_and_what_is_made_or_changed_is_neither(tmp_path):
    pushed = [
        turned("feature-created", "10 09:00", environment=None),
        turned("feature-environment-enabled", "10 10:00"),
        turned("feature-strategy-update", "10 10:30"),
        turned("feature-environment-enabled", "10 10:40", environment="development"),
        turned("feature-environment-disabled", "10 11:00"),
        turned("feature-archived", "11 10:00", flag="other", environment=None),
    ]
    with organisation(tmp_path, {"events": [*pushed, pushed[1]]}, services=[SHOP]) as con:
        found = rows(
            con,
            "select flag_key, service, environment, is_production, does, tool, happened_at "
            "from facts.flag_events order by happened_at",
        )

    assert found == [
        ("new-basket", "shop", "production", True, "raised", "unleash", march("10 10:00")),
        ("new-basket", "shop", "development", False, "raised", "unleash", march("10 10:40")),
        ("new-basket", "shop", "production", True, "lowered", "unleash", march("10 11:00")),
        ("other", "", None, True, "lowered", "unleash", march("11 10:00")),
    ]


def test_launchdarkly_and_gitlab_tell_the_same(tmp_path):
    dark = {
        "_id": "e1",
        "kind": "flag",
        "date": int(march("10 10:00").timestamp() * 1000),
        "titleVerb": "turned on the flag",
        "accesses": [{"action": "updateOn", "resource": "proj/web:env/production:flag/new-cart"}],
    }
    lab = {
        "object_kind": "feature_flag",
        "project": {"path_with_namespace": "acme/shop"},
        "object_attributes": {"id": 6, "name": "new-pay", "active": False},
    }
    headers = {"X-Gitlab-Event": "Feature Flag Hook"}
    pushed = [
        [one.record() for one in launchdarkly.translate({}, dark, host="", received_at=RECEIVED)],
        [one.record() for one in gitlab.translate(headers, lab, host="h", received_at=LATER)],
    ]
    with organisation(tmp_path, {"events": pushed}, services=[SHOP]) as con:
        found = rows(con, "select flag_key, does, service, tool from facts.flag_events order by 1")

    assert found == [
        ("new-cart", "raised", "shop", "launchdarkly"),
        ("new-pay", "lowered", "shop", "gitlab"),
    ]


def test_a_flag_that_was_turned_off_after_all_else_is_not_cut_away(tmp_path):
    pushed = [
        posted("deployment", service="shop", finished_at="10 09:00"),
        turned("feature-environment-enabled", "12 10:00"),
    ]
    with organisation(tmp_path, {"events": pushed}, services=[SHOP]) as con:
        assert rows(con, "select count(*) from facts.flag_events") == [(1,)]


@pytest.fixture
def learnt(tmp_path):
    """Return a function that refreshes with what is known and tells the week's fail rate."""

    def known(*flag_events, overrides=(), incidents=(INCIDENT,)):
        write(
            tmp_path / "files",
            deployments=[DEPLOYMENT],
            incidents=incidents,
            flag_events=flag_events,
        )
        (tmp_path / "overrides.yaml").write_text(yaml.safe_dump(list(overrides)))
        found = project(tmp_path)
        refresh(found, at("2026-03-20 12:00"))
        with published(found) as con:
            failed = rows(con, "select why, recovered_by from facts.failed_deployments")
            return metric(con, "shop", "change_fail_rate", "2026-03-09")["value"], failed

    return known


def test_a_flag_told_later_spares_the_deployment_until_it_is_told_no_more(learnt):
    blamed = (1, [("service_and_time", "incident_resolved")])
    assert learnt() == blamed
    assert learnt(RAISED) == (0, [])
    assert learnt(RAISED, LOWERED) == (0, [])
    assert learnt(LOWERED) == blamed


@pytest.mark.slow
def test_an_override_changes_the_week_it_is_about_and_taking_it_back_does_too(learnt):
    link = {"incident": "i1", "link": "d1", "reason": "Seen.", "on": "2026-03-18"}
    held = {"deployment": "d1", "mark": "held", "reason": "A drill.", "on": "2026-03-18"}
    assert learnt(RAISED, LOWERED, overrides=[link]) == (1, [("person", "flag_off")])
    assert learnt(RAISED, LOWERED) == (0, [])
    assert learnt(overrides=[held]) == (0, [])
    assert learnt() == (1, [("service_and_time", "incident_resolved")])


def test_an_incident_that_is_told_after_its_override_is_overruled_at_once(learnt):
    unlink = {"incident": "i1", "unlink": "d1", "reason": "Not ours.", "on": "2026-03-18"}
    assert learnt(overrides=[unlink], incidents=()) == (0, [])
    assert learnt(overrides=[unlink]) == (0, [])
