"""Deployments as they land."""

from tests.connectors.gitlab.collecting import collect
from tests.hosts.gitlab_state import sha, stamp


def deployments(gitlab, landed=None, **told):
    landed = collect(gitlab, landed, entities=("deployments",), **told)
    assert landed.failures == []
    return landed.of("deployments")


def test_a_deployment_by_a_job_ends_when_its_job_does(gitlab, shop):
    gitlab.state.at("2025-03-01 10:00")
    made = shop.deploy("live-eu", "running")
    shop.environments[0]["tier"] = "production"
    gitlab.state.wait(minutes=5)
    made["deployable"] |= {"status": "success", "finished_at": stamp(gitlab.state.now)}
    gitlab.state.wait(minutes=1)
    shop.touch(made, status="success")

    assert deployments(gitlab)[str(made["id"])] == {
        "environment": "live-eu",
        "tier": "production",
        "sha": sha("deploy", made["id"]),
        "ref": "main",
        "is_tag": False,
        "author": "ann",
        "is_bot": False,
        "created_at": "2025-03-01T10:00:00Z",
        "statuses": "created@2025-03-01T10:00:00Z running@2025-03-01T10:00:00Z "
        "success@2025-03-01T10:05:00Z",
        "url": f"{gitlab.url}/acme/shop/-/jobs/{made['id']}",
    }


def test_a_deployment_through_the_api_ends_when_it_changed_last(gitlab, shop):
    made = shop.deploy(status="running", deployable=None)
    gitlab.state.wait(minutes=7)
    shop.touch(made, status="failed")

    told = deployments(gitlab)[str(made["id"])]

    assert told["statuses"] == "created@2025-03-01T10:00:00Z failed@2025-03-01T10:07:00Z"
    place = made["environment"]["id"]
    assert told["url"] == f"{gitlab.url}/acme/shop/-/environments/{place}"


def test_a_status_that_changes_late_comes_by_itself(gitlab, shop):
    blocked = shop.deploy(status="blocked", deployable=None)
    for _ in range(150):
        gitlab.state.wait(hours=1)
        shop.deploy()
    landed = collect(gitlab, entities=("deployments",))
    assert landed.of("deployments")[str(blocked["id"])]["statuses"].endswith(
        "blocked@2025-03-01T10:00:00Z"
    )
    gitlab.state.wait(days=30)
    shop.touch(blocked, status="success")
    gitlab.calls.clear()

    told = deployments(gitlab, landed)[str(blocked["id"])]

    assert told["statuses"].endswith("success@2025-04-06T16:00:00Z")
    assert not any(call.path.endswith(f"/deployments/{blocked['id']}") for call in gitlab.calls)


def test_environments_beyond_the_first_hundred_have_their_tiers(gitlab, shop):
    for number in range(250):
        shop.environment(f"review/{number}", "development")
    made = shop.deploy("review/3")

    assert deployments(gitlab)[str(made["id"])]["tier"] == "development"


def test_a_deployment_whose_environment_is_gone_has_no_tier(gitlab, shop):
    made = shop.deploy()
    shop.environments.clear()

    told = deployments(gitlab)[str(made["id"])]

    assert told["environment"] == "production"
    assert "tier" not in told


def test_what_belongs_to_another_project_is_refused(gitlab, shop):
    made = shop.deploy()
    made["deployable"]["pipeline"]["project_id"] = 999

    landed = collect(gitlab, entities=("deployments",))

    assert "belongs to project 999" in str(landed.failures[0].error)
    assert landed.of("deployments") == {}


def test_a_project_without_ci_has_no_deployments_and_no_failure(gitlab, shop):
    shop.off |= {"environments_access_level", "builds_access_level"}

    assert deployments(gitlab) == {}
