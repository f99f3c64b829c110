"""Which projects are read, and what becomes of those that move or vanish."""

import pytest

from tests.connectors.gitlab.collecting import api, collect
from tests.hosts.gitlab_server import JOB_TOKEN


def found(gitlab, *names, **told):
    landed = collect(gitlab, repositories=names, entities=("repositories",), **told)
    return landed, sorted(one["full_name"] for one in landed.records.values())


def test_a_project_lands_as_gitlab_tells_it(gitlab):
    gitlab.state.project("acme/web/shop", archived=True)

    landed, _ = found(gitlab, "acme/web/shop")

    assert landed.of("repositories", "acme/web/shop") == {
        "1": {
            "id": "1",
            "name": "acme/web/shop",
            "full_name": "acme/web/shop",
            "default_branch": "main",
            "is_archived": True,
            "is_fork": False,
            "url": f"{gitlab.url}/acme/web/shop",
            "created_at": "2025-03-01T10:00:00Z",
        }
    }


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("acme/*", ["acme/shop", "acme/till"]),
        ("acme/**", ["acme/shop", "acme/till", "acme/web/api", "acme/web/eu/api"]),
        ("acme/web/**", ["acme/web/api", "acme/web/eu/api"]),
        ("acme/t*", ["acme/till"]),
        ("acme/**/api", ["acme/web/api", "acme/web/eu/api"]),
        ("acme/*/api", ["acme/web/api"]),
        ("ACME/Web/*", ["acme/web/api"]),
    ],
)
def test_globs_mean_projects_with_or_without_subgroups(gitlab, glob, expected):
    for path in ("acme/shop", "acme/till", "acme/web/api", "acme/web/eu/api", "other/shop"):
        gitlab.state.project(path)

    assert found(gitlab, glob)[1] == expected


def test_a_users_own_projects_are_found_like_those_of_a_group(gitlab):
    gitlab.state.users.add("ann")
    gitlab.state.project("ann/notes")

    assert found(gitlab, "ann/*")[1] == ["ann/notes"]


def test_forks_are_read_only_when_named_in_full(gitlab):
    gitlab.state.project("acme/shop")
    gitlab.state.project("acme/copy", forked_from="other/copy")

    assert found(gitlab, "acme/*")[1] == ["acme/shop"]
    landed, names = found(gitlab, "acme/*", "acme/copy")
    assert names == ["acme/copy", "acme/shop"]
    assert landed.of("repositories", "acme/copy")["2"]["is_fork"] is True


def test_a_gitlab_that_does_not_tell_of_forks_is_asked_without(gitlab):
    gitlab.is_old = True
    gitlab.state.project("acme/shop")

    assert found(gitlab, "acme/shop")[1] == ["acme/shop"]


def test_more_projects_than_fit_a_page_are_all_found_once(gitlab):
    for number in range(230):
        gitlab.state.project(f"acme/p{number}")

    landed, names = found(gitlab, "acme/*", "acme/**", "acme/p7")

    assert len(names) == 230
    assert landed.failures == []


def test_a_renamed_project_keeps_its_scope_and_is_found_by_its_old_name(gitlab, shop):
    shop.deploy()
    landed = collect(gitlab)
    shop.rename("acme/web/store")
    gitlab.state.wait(days=1)
    shop.deploy()

    said = []
    collect(gitlab, landed, say=said.append)

    assert landed.failures == []
    assert said == ["GitLab: acme/shop is acme/web/store now: mend `repositories`"]
    told = landed.of("repositories")["1"]
    assert (told["full_name"], told["former_names"]) == ("acme/web/store", "acme/shop")
    assert len(landed.of("deployments", "acme/shop")) == 2


def test_a_new_project_under_an_old_name_is_one_of_its_own(gitlab, shop):
    landed = collect(gitlab, repositories=("acme/**",))
    shop.rename("acme/store")
    gitlab.state.project("acme/shop").deploy()

    collect(gitlab, landed, repositories=("acme/**",))

    assert list(landed.of("repositories")) == ["1"]
    assert list(landed.of("repositories", "acme/shop~2")) == ["2"]
    assert len(landed.of("deployments", "acme/shop~2")) == 1


def test_deleted_projects_are_told_as_gone_and_what_they_did_stays(gitlab, shop):
    gitlab.state.project("acme/till")
    shop.deploy()
    landed = collect(gitlab, repositories=("acme/*",))
    shop.marked_for_deletion_on = "2025-03-02"

    collect(gitlab, landed, repositories=("acme/*",))

    assert landed.failures == []
    assert landed.of("repositories")["1"]["is_gone"] is True
    assert len(landed.of("deployments")) == 1


def test_a_name_that_is_not_there_is_a_failure_that_says_what_to_do(gitlab, shop):
    shop.deploy()

    landed = collect(gitlab, repositories=("acme/nothing", "acme/shop", "nobody/*"))

    assert [one.scope for one in landed.failures] == ["acme/nothing", "nobody/*"]
    for one in landed.failures:
        assert "404" in str(one.error)
        assert "read_api" in str(one.error)
    assert len(landed.of("deployments")) == 1


def test_nothing_is_gone_when_a_listing_failed(gitlab, shop):
    landed = collect(gitlab, repositories=("acme/*",))
    gitlab.state.projects.clear()

    collect(gitlab, landed, repositories=("acme/*",))

    assert "is_gone" not in landed.of("repositories")["1"]


def test_one_project_that_fails_stops_no_other(gitlab, shop):
    shop.deploy()["deployable"]["pipeline"]["project_id"] = 999
    gitlab.state.project("acme/till").deploy()

    landed = collect(gitlab, repositories=("acme/*",))

    assert [(one.entity, one.scope) for one in landed.failures] == [("deployments", "acme/shop")]
    assert len(landed.of("deployments", "acme/till")) == 1


def test_an_empty_project_has_no_branch(gitlab):
    gitlab.state.project("acme/new", default_branch=None)

    for names in (("acme/new",), ("acme/*",)):
        landed, _ = found(gitlab, *names)
        assert "default_branch" not in landed.of("repositories", "acme/new")["1"]


def test_the_address_for_git_has_the_token(gitlab, shop):
    reader = api(gitlab, token="t/k", url="https://git.example.org/code/")
    repository = next(api(gitlab).repositories())

    url = reader.clone_url(repository)

    assert url == "https://oauth2:t%2Fk@git.example.org/code/acme/shop.git"
    assert reader.host == "git.example.org"
    job = api(gitlab, token=None, job_token="j", url="https://git.example.org")
    job_url = "https://gitlab-ci-token:j@git.example.org/acme/shop.git"
    assert job.clone_url(repository) == job_url


def test_a_job_token_reads_what_it_may_of_its_own_project(gitlab, shop):
    gitlab.job = shop
    shop.merge(shop.merge_request("Add a till", description="see #9"))
    shop.deploy()
    shop.release("v1")
    shop.issue(labels=["incident"])

    landed = collect(gitlab, token=None, job_token=JOB_TOKEN, runs=("*",))

    assert landed.failures == []
    assert landed.of("repositories")["1"]["default_branch"] == "main"
    told = landed.of("changes")["1"]
    assert (told["title"], told["merge_method"], told["mentions"]) == ("Add a till", "merge", "#9")
    assert "commit_shas" not in told
    assert len(landed.of("deployments")) == len(landed.of("releases")) == 1
    assert landed.of("issues") == {}


def test_a_job_token_says_that_it_can_not_read_other_projects(gitlab, shop):
    gitlab.job = shop

    landed = collect(gitlab, token=None, job_token=JOB_TOKEN, repositories=("acme/shop", "acme/*"))

    assert [one.scope for one in landed.failures] == ["acme/*"]
    assert "group access token" in str(landed.failures[0].error)
