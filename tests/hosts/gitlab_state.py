"""What a made-up GitLab holds: projects with everything in REST's own form, and a clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from itertools import count
from typing import Any

Body = dict[str, Any]


def moment(text: str) -> datetime:
    """Return a time that a test writes as `2025-03-01 10:00`."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def stamp(at: datetime) -> str:
    """Return a time as GitLab writes it, with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def sha(*words: object) -> str:
    """Return a commit's name that is always the same for the same words."""
    return sha1(" ".join(map(str, words)).encode(), usedforsecurity=False).hexdigest()


def user(name: str) -> Body:
    """Return a user as REST tells one."""
    return {"id": len(name), "username": name, "name": name.title(), "state": "active"}


@dataclass
class State:
    """All projects, the groups that are there, and the time."""

    now: datetime = field(default_factory=lambda: moment("2025-03-01 10:00"))
    projects: list["Project"] = field(default_factory=list)
    ids: Any = field(default_factory=lambda: count(1))
    url: str = "http://gitlab.invalid"
    bots: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)

    def at(self, text: str) -> None:
        """Let it be that time."""
        self.now = moment(text)

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def project(self, path: str, **told: Any) -> "Project":
        """Make a project."""
        made = Project(self, next(self.ids), path, stamp(self.now))
        for name, value in told.items():
            setattr(made, name, value)
        self.projects.append(made)
        return made

    def found(self, key: str) -> "Project | None":
        """Return a project by its id or its path of today."""
        own = (one for one in self.projects if key in (str(one.id), one.path.lower()))
        return next(own, None) or self.by_path(key)

    def by_path(self, path: str) -> "Project | None":
        """Return a project by its path of today."""
        low = path.lower()
        return next((one for one in self.projects if one.path.lower() == low), None)

    def moved(self, path: str) -> "Project | None":
        """Return the project that once had a path."""
        return next((one for one in self.projects if path in one.former), None)


@dataclass
class Project:
    """One project; ``off`` are the features that it does not use, as REST names them."""

    state: State
    id: int
    path: str
    created_at: str
    former: list[str] = field(default_factory=list)
    archived: bool = False
    default_branch: str | None = "main"
    forked_from: str | None = None
    marked_for_deletion_on: str | None = None
    visibility: str = "private"
    role: int = 20
    off: set[str] = field(default_factory=set)
    merge_requests: list[Body] = field(default_factory=list)
    deployments: list[Body] = field(default_factory=list)
    environments: list[Body] = field(default_factory=list)
    issues: list[Body] = field(default_factory=list)
    releases: list[Body] = field(default_factory=list)
    pipelines: list[Body] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    branch_rules: list[Body] = field(default_factory=list)
    variables: list[Body] = field(default_factory=list)
    protected_environments: list[Body] | None = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))
    pushed_at: str = ""

    @property
    def last_activity_at(self) -> str:
        """Return when somebody last pushed, or did something to an issue or a merge request."""
        told = [one["updated_at"] for one in (*self.merge_requests, *self.issues)]
        return max(self.created_at, self.pushed_at, *told)

    def push(self) -> None:
        """Let somebody push."""
        self.pushed_at = self.now()

    def rename(self, path: str) -> None:
        """Move the project; its old path sends on to it."""
        self.former.append(self.path)
        self.path = path

    @property
    def url(self) -> str:
        """Return where browsers open it."""
        return f"{self.state.url}/{self.path}"

    def now(self) -> str:
        """Return the time as GitLab writes it."""
        return stamp(self.state.now)

    def merge_request(self, title: str = "Change", *, by: str = "ann", **told: Any) -> Body:
        """Open a merge request with ``commits`` (one), each written a minute after the other."""
        iid, amount = next(self.numbers), told.pop("commits", 1)
        shas = [sha(self.id, iid, place) for place in range(amount)]
        first = self.state.now - timedelta(hours=1)
        body = {
            "id": next(self.state.ids), "iid": iid, "project_id": self.id, "title": title,
            "description": "", "state": "opened", "created_at": self.now(),
            "updated_at": self.now(), "merged_at": None, "closed_at": None,
            "source_branch": f"feature-{iid}", "target_branch": "main", "author": user(by),
            "source_project_id": self.id, "target_project_id": self.id, "labels": [],
            "draft": False, "sha": shas[-1] if shas else None, "merge_commit_sha": None,
            "squash_commit_sha": None, "web_url": f"{self.url}/-/merge_requests/{iid}",
            "_notes": [],
            "_commits": [
                {"sha": one, "authoredDate": stamp(first + timedelta(minutes=place))}
                for place, one in enumerate(shas)
            ][::-1],
        }  # fmt: skip
        self.merge_requests.append(body | told)
        return self.merge_requests[-1]

    def note(self, on: Body, text: str, *, by: str = "bea", system: bool = False) -> None:
        """Comment, or let GitLab note what somebody did."""
        bot = by in self.state.bots
        author = {"username": by, "bot": bot}
        told = {"system": system, "body": text, "createdAt": self.now(), "author": author}
        on.setdefault("_notes", []).append(told)
        self.touch(on)

    def merge(self, on: Body, how: str = "merge") -> None:
        """Merge: by a merge commit, a squash, both, or by moving the branch ahead."""
        on |= {"state": "merged", "merged_at": self.now(), "closed_at": None}
        if how in ("merge", "squash and merge"):
            on["merge_commit_sha"] = sha("merge", on["id"])
        if how in ("squash", "squash and merge"):
            on["squash_commit_sha"] = sha("squash", on["id"])
        self.touch(on)

    def touch(self, on: Body, **told: Any) -> None:
        """Change something now."""
        on |= {**told, "updated_at": self.now()}

    def environment(self, name: str, tier: str = "other") -> Body:
        """Return an environment, made where it is not there yet."""
        found = [one for one in self.environments if one["name"] == name]
        if not found:
            found = [{"id": next(self.state.ids), "name": name, "slug": name, "tier": tier}]
            self.environments += found
        return found[0]

    def deploy(self, to: str = "production", status: str = "success", **told: Any) -> Body:
        """Deploy by a job, or through the API where ``deployable`` is null."""
        environment = self.environment(to, "production" if to == "production" else "staging")
        basic = {name: environment[name] for name in ("id", "name", "slug")}
        id_ = next(self.state.ids)
        job = {
            "id": next(self.state.ids), "status": status, "name": f"deploy-{to}", "tag": False,
            "started_at": self.now(), "finished_at": self.now(), "user": user("ann"),
            "web_url": f"{self.url}/-/jobs/{id_}", "pipeline": {"project_id": self.id},
        }  # fmt: skip
        body = {
            "id": id_, "iid": len(self.deployments) + 1, "ref": "main", "sha": sha("deploy", id_),
            "created_at": self.now(), "updated_at": self.now(), "status": status,
            "user": user("ann"), "environment": basic, "deployable": job,
        }  # fmt: skip
        self.deployments.append(body | told)
        return self.deployments[-1]

    def issue(self, title: str = "Trouble", *, kind: str = "issue", **told: Any) -> Body:
        """Open an issue."""
        iid = next(self.numbers)
        body = {
            "id": next(self.state.ids), "iid": iid, "project_id": self.id, "title": title,
            "description": "", "state": "opened", "created_at": self.now(),
            "updated_at": self.now(), "closed_at": None, "labels": [], "author": user("cy"),
            "issue_type": kind, "severity": "UNKNOWN", "web_url": f"{self.url}/-/issues/{iid}",
        }  # fmt: skip
        self.issues.append(body | told)
        return self.issues[-1]

    def release(self, tag: str, **told: Any) -> Body:
        """Release."""
        body = {
            "tag_name": tag, "name": f"Release {tag}", "description": "What is new",
            "created_at": self.now(), "released_at": self.now(), "author": user("ann"),
            "commit": {"id": sha("tag", tag)}, "upcoming_release": False,
            "_links": {"self": f"{self.url}/-/releases/{tag}"},
        }  # fmt: skip
        self.releases.append(body | told)
        self.tags.append(tag)
        return self.releases[-1]

    def pipeline(self, *jobs: str, status: str = "success", **told: Any) -> Body:
        """Run a pipeline with jobs of these names."""
        id_ = next(self.state.ids)
        body = {
            "id": id_, "iid": len(self.pipelines) + 1, "project_id": self.id, "name": None,
            "sha": sha("pipeline", id_), "ref": "main", "status": status, "source": "push",
            "created_at": self.now(), "updated_at": self.now(),
            "web_url": f"{self.url}/-/pipelines/{id_}", "_user": "ann", "_jobs": [],
        }  # fmt: skip
        for name in jobs:
            self.job(body, name, status)
        self.pipelines.append(body | told)
        return self.pipelines[-1]

    def job(self, pipeline: Body, name: str, status: str = "success") -> Body:
        """Run a job of a pipeline."""
        done = status in ("success", "failed", "canceled")
        made = {
            "id": next(self.state.ids), "name": name, "status": status,
            "created_at": self.now(), "started_at": self.now() if done else None,
            "finished_at": self.now() if done else None,
        }  # fmt: skip
        pipeline["_jobs"].append(made)
        return made
