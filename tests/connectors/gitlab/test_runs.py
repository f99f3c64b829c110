"""Pipelines and jobs as they land."""

from tests.connectors.gitlab.collecting import collect
from tests.hosts.gitlab_state import stamp


def runs(gitlab, landed=None, globs=("deploy*",)):
    landed = collect(gitlab, landed, entities=("runs",), runs=globs)
    assert landed.failures == []
    return landed.of("runs")


def test_jobs_whose_name_matches_land(gitlab, shop):
    made = shop.pipeline("build", "Deploy shop")
    job = made["_jobs"][1]

    assert runs(gitlab) == {
        f"job/{job['id']}": {
            "kind": "job",
            "name": "Deploy shop",
            "state": "success",
            "event": "push",
            "branch": "main",
            "sha": made["sha"],
            "author": "ann",
            "is_bot": False,
            "created_at": "2025-03-01T10:00:00Z",
            "started_at": "2025-03-01T10:00:00Z",
            "finished_at": "2025-03-01T10:00:00Z",
            "url": f"{gitlab.url}/acme/shop/-/jobs/{job['id']}",
        }
    }


def test_pipelines_land_by_name_or_by_their_file(gitlab, shop):
    named = shop.pipeline("build", name="Deploy to live")
    shop.pipeline("build")

    assert list(runs(gitlab)) == [f"pipeline/{named['id']}"]
    told = runs(gitlab, globs=(".gitlab-ci.yml",))
    assert len(told) == 2
    assert told[f"pipeline/{named['id']}"] | {"url": ""} == {
        "kind": "pipeline",
        "name": "Deploy to live",
        "path": ".gitlab-ci.yml",
        "state": "success",
        "event": "push",
        "branch": "main",
        "sha": named["sha"],
        "author": "ann",
        "is_bot": False,
        "created_at": "2025-03-01T10:00:00Z",
        "started_at": "2025-03-01T10:00:00Z",
        "finished_at": "2025-03-01T10:00:00Z",
        "url": "",
    }


def test_without_globs_nothing_is_asked(gitlab, shop):
    shop.pipeline("deploy")

    assert runs(gitlab, globs=()) == {}
    assert not any("pipelines" in call.path for call in gitlab.calls)


def test_a_manual_job_that_is_played_weeks_later_lands(gitlab, shop):
    made = shop.pipeline("build")
    job = shop.job(made, "deploy", "manual")
    for _ in range(30):
        gitlab.state.wait(days=1)
        shop.pipeline("build")
    landed = collect(gitlab, entities=("runs",), runs=("deploy",))
    assert landed.of("runs")[f"job/{job['id']}"]["state"] == "manual"
    gitlab.state.wait(days=1)
    now = stamp(gitlab.state.now)
    job |= {"status": "success", "started_at": now, "finished_at": now}
    shop.touch(made)

    told = runs(gitlab, landed, globs=("deploy",))[f"job/{job['id']}"]

    assert (told["state"], told["finished_at"]) == ("success", "2025-04-01T10:00:00Z")


def test_many_pipelines_and_jobs_are_read_to_the_last(gitlab, shop):
    for number in range(230):
        # Many share a second.
        gitlab.state.wait(seconds=number % 2)
        shop.pipeline("deploy")
    shop.pipeline(*[f"deploy {number}" for number in range(130)])

    assert len(runs(gitlab)) == 360


def test_other_globs_read_everything_again(gitlab, shop):
    shop.pipeline("deploy", "release")
    landed = collect(gitlab, entities=("runs",), runs=("deploy",))
    assert [one["name"] for one in landed.of("runs").values()] == ["deploy"]

    told = runs(gitlab, landed, globs=("deploy", "release"))

    assert sorted(one["name"] for one in told.values()) == ["deploy", "release"]


def test_a_pipeline_that_was_never_changed_is_read_too(gitlab, shop):
    old = shop.pipeline("deploy", name="deploy")
    old["updated_at"] = None
    gitlab.state.wait(days=1)
    shop.pipeline("deploy")

    told = runs(gitlab)
    assert [one["kind"] for one in told.values()] == ["pipeline", "job", "job"]
    assert f"pipeline/{old['id']}" in told


def test_a_pipeline_that_changes_just_when_it_is_read_lands_whole(gitlab, shop):
    made = [shop.pipeline("deploy") for _ in range(3)]

    def before(request):
        if request.path.endswith("/graphql") and "Pipelines" in str(request.body):
            gitlab.state.wait(seconds=1)
            shop.touch(made[0])

    gitlab.before = before

    assert len(runs(gitlab)) == 3


def test_a_pipeline_that_vanishes_just_when_it_is_read_takes_no_other_along(gitlab, shop):
    made = [shop.pipeline("deploy") for _ in range(3)]

    def before(request):
        if request.path.endswith("/graphql") and made[0] in shop.pipelines:
            shop.pipelines.remove(made[0]) if "Pipelines" in str(request.body) else None

    gitlab.before = before

    assert len(runs(gitlab)) == 2
