"""The REST form of what the made-up GitHub holds: what its clients read, and no more."""

from datetime import datetime
from typing import Any

from tests.hosts.github_fields import path
from tests.hosts.github_pulls import Pull, Review
from tests.hosts.github_repository import Repository
from tests.hosts.github_state import Account, State
from tests.hosts.github_things import Deployment, Issue, Job, Release, Run, Status
from tests.hosts.github_views import CommitView, git_object

Json = dict[str, Any]


class Shown:
    """Shows things under the host's own addresses."""

    def __init__(self, state: State, web: str, api: str):
        self.state, self.web, self.api = state, web, api

    def at(self, moment: datetime | None) -> str | None:
        """Return a time as GitHub tells it."""
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

    def account(self, login: str | None) -> Json:
        """Return a user; ``ghost`` where the account is gone."""
        one: Account = self.state.account(login or "ghost")
        below = "orgs" if one.kind == "Organization" else "users"
        return {
            "login": one.login,
            "id": one.database_id,
            "node_id": one.id,
            "type": one.kind,
            "url": f"{self.api}/{below}/{one.login}",
            "repos_url": f"{self.api}/{below}/{one.login}/repos",
            "html_url": f"{self.web}/{one.login}",
        }

    def times(self, thing: Any) -> Json:
        """Return id, times and page of anything."""
        return {
            "id": thing.database_id,
            "node_id": thing.id,
            "created_at": self.at(thing.created_at),
            "updated_at": self.at(thing.updated_at),
            "html_url": self.web + path(thing),
        }

    def brief(self, one: Repository) -> Json:
        """Return a repository as other things carry it."""
        owner, _, name = one.full_name.partition("/")
        return {
            "id": one.database_id,
            "node_id": one.id,
            "name": name,
            "full_name": one.full_name,
            "owner": self.account(owner),
            "private": one.is_private,
            "fork": one.is_fork,
            "html_url": self.web + path(one),
            "url": f"{self.api}/repos/{one.full_name}",
        }

    def repository(self, one: Repository) -> Json:
        """Return a repository."""
        return {
            **self.times(one),
            **self.brief(one),
            "archived": one.is_archived,
            "default_branch": one.default_branch,
            "pushed_at": self.at(one.pushed_at),
            "clone_url": f"{self.web}/{one.full_name}.git",
            "permissions": {"admin": False, "push": False, "pull": True},
        }

    def pull(self, one: Pull) -> Json:
        """Return a pull request."""
        tip = one.commit_oids[-1] if one.commit_oids else None
        repository = self.repository(one.repository)
        head = {"ref": one.head_ref_name, "sha": tip}
        return {
            **self.times(one),
            "url": f"{self.api}/repos/{one.repository.full_name}/pulls/{one.number}",
            "number": one.number,
            "title": one.title,
            "body": one.body,
            "user": self.account(one.author),
            "state": "open" if one.state == "OPEN" else "closed",
            "draft": one.is_draft,
            "merged": one.merged_at is not None,
            "merged_at": self.at(one.merged_at),
            "closed_at": self.at(one.closed_at),
            "merge_commit_sha": one.merge_oid,
            "labels": [{"name": name} for name in one.labels],
            "commits": len(one.commit_oids),
            "head": {**head, "repo": None if one.is_cross_repository else repository},
            "base": {"ref": one.base_ref_name, "sha": one.repository.head, "repo": repository},
        }

    def review(self, one: Review) -> Json:
        """Return a review."""
        told = {"user": self.account(one.author), "state": one.state, "body": one.body}
        return {**self.times(one), **told, "submitted_at": self.at(one.submitted_at)}

    def commit(self, one: CommitView) -> Json:
        """Return a commit."""
        people = {"author": (one.author, one.authored_date)}
        people["committer"] = (one.committer, one.committed_date)
        written = {
            role: {"name": name, "email": f"{name}@example.com", "date": self.at(moment)}
            for role, (name, moment) in people.items()
        }
        return {
            "sha": one.oid,
            "node_id": one.id,
            "url": f"{self.api}/repos/{one.repository.full_name}/commits/{one.oid}",
            "html_url": self.web + path(one),
            "commit": {**written, "message": one.message, "tree": {"sha": one.tree}},
            "parents": [{"sha": sha} for sha in one.parents],
        }

    def commit_of(self, repository: Repository, sha: str) -> Json:
        """Return a commit by its sha."""
        return self.commit(git_object(repository, sha))

    def deployment(self, one: Deployment) -> Json:
        """Return a deployment."""
        at = f"{self.api}/repos/{one.repository.full_name}/deployments/{one.database_id}"
        return {
            **self.times(one),
            "url": at,
            "statuses_url": f"{at}/statuses",
            "sha": one.commit_oid,
            "ref": one.ref_name or one.commit_oid,
            "task": one.task,
            "environment": one.environment,
            "original_environment": one.original_environment,
            "description": one.description,
            "creator": self.account(one.creator),
        }

    def status(self, one: Status) -> Json:
        """Return a deployment's status."""
        told = {"state": one.state.lower(), "environment": one.deployment.environment}
        return {**self.times(one), **told, "creator": self.account(one.creator)}

    def release(self, one: Release) -> Json:
        """Return a release."""
        return {
            **self.times(one),
            "tag_name": one.tag_name,
            "target_commitish": one.oid or one.repository.default_branch,
            "name": one.name,
            "draft": one.is_draft,
            "prerelease": one.is_prerelease,
            "author": self.account(one.author),
            "published_at": self.at(one.published_at),
        }

    def run(self, one: Run) -> Json:
        """Return a workflow run."""
        at = f"{self.api}/repos/{one.repository.full_name}/actions/runs/{one.database_id}"
        return {
            **self.times(one),
            "url": at,
            "jobs_url": f"{at}/jobs",
            "name": one.name,
            "display_title": one.name,
            "path": one.path,
            "workflow_id": one.workflow_id,
            "head_sha": one.head_sha,
            "head_branch": one.head_branch,
            "event": one.event,
            "status": one.status,
            "conclusion": one.conclusion,
            "run_number": one.run_number,
            "run_attempt": one.run_attempt,
            "run_started_at": self.at(one.run_started_at),
            "repository": self.brief(one.repository),
            "head_repository": self.brief(one.repository),
            "actor": self.account(one.actor),
            "triggering_actor": self.account(one.actor),
        }

    def job(self, one: Job) -> Json:
        """Return a job of a run."""
        return {
            "id": one.database_id,
            "node_id": one.id,
            "html_url": self.web + path(one),
            "run_id": one.run.database_id,
            "head_sha": one.run.head_sha,
            "name": one.name,
            "status": one.status,
            "conclusion": one.conclusion,
            "started_at": self.at(one.started_at),
            "completed_at": self.at(one.completed_at),
        }

    def issue(self, one: Issue) -> Json:
        """Return an issue."""
        return {
            **self.times(one),
            "number": one.number,
            "title": one.title,
            "body": one.body,
            "user": self.account(one.author),
            "labels": [{"name": name} for name in one.labels],
            "type": {"name": one.type} if one.type else None,
            "state": one.state.lower(),
            "state_reason": one.state_reason.lower() if one.state_reason else None,
            "closed_at": self.at(one.closed_at),
        }
