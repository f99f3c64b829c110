"""What a CI job's own token can see: little, and mostly of the job's own project."""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from connectors.errors import SourceError, SourceMisconfigured
from connectors.gitlab.client import Client
from connectors.hosts.api import Repository
from connectors.records import Failure

UNSEEN: Final = (
    "A job token reads the deployments, environments, releases, merge requests and code of its "
    "own project; no pipelines, jobs, issues, commits of merge requests, reviews or settings. For "
    "these give a project or group access token with the scopes read_api and read_repository as "
    "`token`"
)


def job_project(client: Client) -> Repository:
    """Return the project that the job runs in."""
    job = client.get("/job", "the job of the job token").body
    url = str(job["web_url"]).partition("/-/")[0]
    base = urlsplit(client.url).path
    path = urlsplit(url).path.removeprefix(base).strip("/")
    id_ = str(job["pipeline"]["project_id"])
    return Repository(id_, path, url, default_branch=default_branch(client, id_))


def default_branch(client: Client, project: str) -> str | None:
    """Return the main branch, where GitLab is new enough to tell it to a job."""
    try:
        path = f"/projects/{project}/repository/branches"
        reply = client.rows(path, "branches of the job's project", per_page=100)
    except SourceError:
        return None
    return next((str(one["name"]) for one in reply.body if one.get("default")), None)


def job_repositories(client: Client, names: Sequence[str]) -> Iterator[Repository | Failure]:
    """Yield the job's project where it is named; all other names can't be read."""
    own = job_project(client)
    for name in names:
        if name.casefold() == own.full_name.casefold():
            yield own
        else:
            why = f"GitLab, {name}: the job runs in {own.full_name}. {UNSEEN}"
            yield Failure("repositories", name, SourceMisconfigured(why))
