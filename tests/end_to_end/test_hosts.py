"""A month on a code host, from its API to the numbers, against what was counted by hand."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from pipelines import refreshing, windows
from pipelines.configuration import parse
from pipelines.project import Project
from pipelines.publishing import current
from pipelines.settings import Run
from pipelines.warehouse import opened
from tests.connectors.gitlab.test_recorded import recorded_project
from tests.hosts import recorded
from tests.hosts.emulator import NAME, Emulator, load, scenario
from tests.hosts.github_server import FakeGitHub
from tests.hosts.gitlab_server import TOKEN, FakeGitLab
from tests.hosts.testbeds import find_testbeds
from tests.support import Silent, at, begin

AS_OF = at("2025-04-01 00:00")
READ_BY_GIT = {"commits", "tags", "heads", "branches", "changed_files", "head_files", "owners"}


@pytest.fixture(scope="module")
def emulated(request, tmp_path_factory):
    """The emulator's month, its deployments scripted: March 5, 7 and 9 at 19:00."""
    emulator = Emulator.started(request.config, tmp_path_factory.mktemp("emulator"))
    try:
        scenario(emulator)
        state = load(emulator)
    finally:
        emulator.stop()
    with FakeGitHub(state=state) as github:
        deployed(github)
        yield github


def deployed(github):
    """Deploy each merge ten minutes long, fail once, and have an incident after the last."""
    repository = github.repository(NAME)
    merged = sorted(repository.pulls.values(), key=lambda one: one.merged_at)
    for pull, day in zip(merged, (5, 7, 9), strict=True):
        if day == 7:
            github.at("2025-03-07 18:30")
            broken = repository.deploy("production", "in_progress", sha=pull.merge_oid)
            github.at("2025-03-07 18:40")
            broken.status("failure")
        github.at(f"2025-03-{day:02} 19:00")
        deployment = repository.deploy("production", "in_progress", sha=pull.merge_oid)
        github.at(f"2025-03-{day:02} 19:10")
        deployment.status("success")
    github.at("2025-03-09 20:10")
    incident = repository.issue("Checkout is down", labels=["incident"])
    github.at("2025-03-09 21:10")
    incident.close()
    github.at("2025-04-01 00:00")


def refreshed(monkeypatch, folder: Path, github: FakeGitHub, **deployments):
    """Refresh a project whose one source is ``github``; return it."""
    monkeypatch.setenv("GITHUB_TOKEN", github.token)
    settings = {
        "sources": [
            {
                "kind": "github", "url": github.url, "token": "${GITHUB_TOKEN}",
                "repositories": [NAME], "since": "2025-01-01",
            }
        ],
        "services": [{"name": "hello", "repository": NAME, "deployments": deployments}],
    }  # fmt: skip
    text = yaml.safe_dump(settings)
    project = Project(parse(text, folder / "drumbeat.yaml"), folder / "data")
    begin(project.data_dir)
    outcome = refreshing.refresh(project, Run(AS_OF, AS_OF), Silent(is_terminal=False))
    assert [source.error for source in outcome.collected] == [""]
    return project


@pytest.fixture(scope="module")
def month(emulated, tmp_path_factory):
    """The project of the emulator's month."""
    with pytest.MonkeyPatch.context() as patched:
        return refreshed(patched, tmp_path_factory.mktemp("month"), emulated)


def march(project) -> dict[str, tuple[float | None, int]]:
    """Return value and n of the service's metrics in March 2025."""
    with opened(current(project.serving), read_only=True) as con:
        window = windows.window(con, date(2025, 3, 1), date(2025, 4, 1))
        rows = windows.metrics(con, window, service="hello").to_dicts()
    return {row["metric"]: (row["value"], row["n"]) for row in rows if row["scope"] == "service"}


def test_the_emulators_month_gives_the_numbers_counted_by_hand(month):
    found = march(month)

    # Three successes; the failed one is in neither count.
    assert found["deployment_frequency"] == (pytest.approx(3 * 7 / 31), 3)
    # The first deployment's change is before history. The two others: committed at 08:00 the day
    # before, deployed at 19:10.
    assert found["change_lead_time"] == (pytest.approx(35 + 1 / 6), 2)
    # The incident of the 9th, an hour after the deployment; resolved two hours after it.
    assert found["change_fail_rate"] == (pytest.approx(1 / 3), 3)
    assert found["recovery_time"] == (pytest.approx(2.0), 1)
    assert found["rework_rate"] == (0.0, 3)


def test_its_releases_give_numbers_of_their_own(tmp_path, monkeypatch, emulated):
    found = march(refreshed(monkeypatch, tmp_path, emulated, **{"from": "releases"}))

    assert found["deployment_frequency"] == (pytest.approx(3 * 7 / 31), 3)
    # Released at 18:00.
    assert found["change_lead_time"] == (pytest.approx(34.0), 2)


def test_a_second_refresh_lands_nothing_and_no_token_is_kept(month, monkeypatch, emulated):
    folder = month.data_dir.parent
    before = sorted(folder.rglob("*.parquet"))
    emulated.calls.clear()

    refreshed(monkeypatch, folder, emulated)

    assert sorted(folder.rglob("*.parquet")) == before
    asked = [call for call in emulated.calls if "/api/" in call.path]
    assert len(asked) <= 2
    token = emulated.token.encode()
    kept = [path for path in folder.rglob("*") if path.is_file() and token in path.read_bytes()]
    assert kept == []
    assert json.dumps(march(month))


@pytest.fixture
def recorded_gitlab():
    """What real GitLabs sent, as one project of a made-up one."""
    with FakeGitLab() as gitlab:
        made = recorded_project(gitlab)
        made.default_branch = "master"
        yield gitlab, made


def numbers(project, query) -> tuple[int, ...]:
    """Return the one row of a query on the warehouse, which has what is not published too."""
    with opened(project.warehouse, read_only=True) as con:
        (row,) = con.sql(query).fetchall()
    return row


FACTS = """
select (select count(*) from facts.pull_requests), (select count(*) from facts.deployments),
    (select count(*) from facts.incidents)
"""


def collected(monkeypatch, folder: Path, as_of, **source) -> tuple[Project, list[str]]:
    """Refresh a project of one source; return it and what was not collected."""
    monkeypatch.setenv("HOST_TOKEN", source.pop("token"))
    settings = {"sources": [{**source, "token": "${HOST_TOKEN}", "since": "2015-01-01"}]}
    project = Project(parse(yaml.safe_dump(settings), folder / "drumbeat.yaml"), folder / "data")
    begin(project.data_dir)
    outcome = refreshing.refresh(project, Run(as_of, as_of), Silent(is_terminal=False))
    return project, [failure.entity for one in outcome.collected for failure in one.failures]


def test_what_was_recorded_of_github_comes_out_in_facts(tmp_path, monkeypatch):
    state = recorded.load(find_testbeds())
    names = sorted(one.full_name for one in state.repositories.values())
    with FakeGitHub(state=state) as github:
        project, failed = collected(
            monkeypatch, tmp_path, at("2022-10-01 00:00"), kind="github", url=github.url,
            token=github.token, repositories=names, incident_labels=["bug"],
        )  # fmt: skip

    assert failed == []
    pulls = [
        pull
        for one in state.repositories.values()
        for pull in one.pulls.values()
        if pull.state != "CLOSED" and pull.base_ref_name == one.default_branch
    ]
    assert len(pulls) > 20
    # Two deployments, and thirteen releases of a repository that has no deployments.
    assert numbers(project, FACTS) == (len(pulls), 2 + 13, 2)


def test_what_was_recorded_of_gitlab_comes_out_in_facts(tmp_path, monkeypatch, recorded_gitlab):
    gitlab, made = recorded_gitlab
    project, failed = collected(
        monkeypatch, tmp_path, AS_OF, kind="gitlab", url=gitlab.url, token=TOKEN,
        repositories=[made.path], incident_types=["Issue"],
    )  # fmt: skip

    # The made-up GitLab serves no git.
    assert set(failed) <= READ_BY_GIT
    changes, deployments, incidents = numbers(project, FACTS)
    # Neither closed without a merge, nor a draft that is open.
    assert changes == sum(
        one["state"] == "merged" or (one["state"] == "opened" and not one["work_in_progress"])
        for one in made.merge_requests
    )
    # One was recorded without the time by which GitLab orders them.
    assert deployments == len({one["id"] for one in made.deployments if "updated_at" in one})
    assert incidents == len(made.issues)
