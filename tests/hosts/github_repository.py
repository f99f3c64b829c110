"""A repository of the made-up GitHub, scripted by tests."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.hosts.github_code import Code, Names, Time
from tests.hosts.github_nodes import node_id
from tests.hosts.github_things import Deployment, Issue, Job, Release, Run, Status

RULES = (
    "allowsDeletions", "allowsForcePushes", "blocksCreations", "dismissesStaleReviews",
    "isAdminEnforced", "lockBranch", "requireLastPushApproval", "requiresApprovingReviews",
    "requiresCodeOwnerReviews", "requiresCommitSignatures", "requiresConversationResolution",
    "requiresDeployments", "requiresLinearHistory", "requiresStatusChecks",
    "requiresStrictStatusChecks", "restrictsPushes", "restrictsReviewDismissals",
)  # fmt: skip
ALLOWANCES = (
    "bypassForcePushAllowances", "bypassPullRequestAllowances", "pushAllowances",
    "reviewDismissalAllowances",
)  # fmt: skip


@dataclass(eq=False)
class Repository(Code):
    """A repository with one commit on its default branch."""

    is_private: bool = True
    is_fork: bool = False
    is_archived: bool = False
    is_deleted: bool = False
    allowed_methods: tuple[str, ...] = ("merge", "squash", "rebase")
    former_names: list[str] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    deployments: list[Deployment] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    environments: list[str] = field(default_factory=list)
    settings: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    protections: dict[str, dict[str, Any]] = field(default_factory=dict)
    created_at: datetime = field(init=False)

    def __post_init__(self):
        self.created_at = self.pushed_at = self.updated_at = self.state.now
        self.state.nodes[self.id] = self

    @property
    def id(self) -> str:
        """Return the node id."""
        return node_id("R", self.database_id)

    def deploy(
        self,
        environment: str = "production",
        state: str | None = None,
        *,
        sha: str | None = None,
        ref: str | None = None,
        task: str = "deploy",
        creator: str = "ada",
    ) -> Deployment:
        """Create a deployment (default: of the default branch), in ``state`` if given."""
        oid, branch = sha or self.head or "", ref or (None if sha else self.default_branch)
        deployment = Deployment(self, environment, oid, branch, task, creator)
        self.deployments.append(deployment)
        if environment not in self.environments:
            self.environments.append(environment)
        if state:
            deployment.status(state)
        return deployment

    def set(self, kind: str, name: str, **fields: str) -> None:
        """Make an environment, secret, variable or ruleset, or change it.

        ``kind`` is as GitHub calls the list; `secrets of production` are those of an environment.
        """
        now = f"{self.state.now:%Y-%m-%dT%H:%M:%SZ}"
        known = self.settings.setdefault(kind, [])
        found = next((one for one in known if one["name"] == name), None)
        if found:
            found |= {"updated_at": now, **fields}
        else:
            known.append({"name": name, "created_at": now, "updated_at": now, **fields})
        if kind == "environments" and name not in self.environments:
            self.environments.append(name)

    def unset(self, kind: str, name: str) -> None:
        """Remove a setting."""
        self.settings[kind] = [one for one in self.settings[kind] if one["name"] != name]

    def protect(self, pattern: str, **fields: Any) -> None:
        """Protect branches the classic way, or change how: ``fields`` as GraphQL names them."""
        allowed = {name: {"totalCount": 0} for name in ALLOWANCES}
        rule = {"pattern": pattern, **dict.fromkeys(RULES, False), **allowed}
        self.protections[pattern] = {**rule, **self.protections.get(pattern, {}), **fields}

    def bypass(self, sha: str, branch: str = "main") -> None:
        """Let somebody push past the rules."""
        now = f"{self.state.now:%Y-%m-%dT%H:%M:%SZ}"
        told = {"id": len(self.settings), "actor_name": "ada", "after_sha": sha, "pushed_at": now}
        kept = {**told, "ref": f"refs/heads/{branch}", "result": "bypass"}
        self.settings.setdefault("rule-suites", []).append(kept)
        self.pushed_at = self.state.now

    def status(
        self, deployment: Deployment, state: str, *, is_auto_inactive: bool = False
    ) -> Status:
        """Let a deployment take a state; a success may end earlier ones of its environment."""
        if is_auto_inactive and state == "success":
            for other in self.deployments:
                if other is not deployment and other.environment == deployment.environment:
                    _ = other.statuses and other.state == "ACTIVE" and other.status("inactive")
        return deployment.status(state)

    def release(
        self,
        tag: str,
        *,
        sha: str | None = None,
        name: str | None = None,
        author: str = "ada",
        is_draft: bool = False,
        is_pre_release: bool = False,
    ) -> Release:
        """Release a commit (default: the default branch's) and tag it, unless it is a draft."""
        oid = sha or self.commit_tagged(tag) or self.head
        release = Release(self, tag, name or tag, oid, author, is_draft, is_pre_release)
        self.releases.append(release)
        if not is_draft:
            self.publish(release)
        return release

    def publish(self, release: Release) -> None:
        """Make a release public, with its tag."""
        release.is_draft, release.published_at = False, self.state.now
        release.touch()
        if not self.commit_tagged(release.tag_name):
            self.tag(release.tag_name, release.oid)
        # GitHub documents that a release is "created" when its commit was.
        commit = self.commit_of(release.oid)
        release.created_at = commit.committed_date if commit else release.created_at

    def latest_release(self) -> Release | None:
        """Return the newest release that is neither a draft nor a pre-release."""
        full = [one for one in self.releases if not one.is_draft and not one.is_prerelease]
        return max(full, key=lambda one: one.created_at, default=None)

    def run(
        self,
        name: str = "Deploy",
        conclusion: str | None = "success",
        *,
        path: str | None = None,
        sha: str | None = None,
        branch: str | None = None,
        event: str = "push",
        actor: str = "ada",
        jobs: Names = ("deploy",),
        finished_at: Time = None,
    ) -> Run:
        """Begin a workflow run now; it ends at ``finished_at`` (now), or not without conclusion."""
        file = path or f".github/workflows/{name.lower().replace(' ', '-')}.yml"
        number = 1 + sum(run.path == file for run in self.runs)
        known = {run.path: run.workflow_id for run in self.runs}
        workflow = known.get(file) or self.state.next_id()
        on = branch or self.default_branch
        run = Run(self, name, file, workflow, sha or self.head or "", on, event, actor, number)
        run.run_started_at = self.state.now
        run.jobs = self.jobs(run, jobs)
        self.runs.append(run)
        if conclusion:
            run.finish(conclusion, finished_at)
        return run

    def jobs(self, run: Run, names: Names) -> list[Job]:
        """Begin jobs of a run."""
        return [Job(self, run, name, started_at=self.state.now) for name in names]

    def issue(
        self,
        title: str = "Something is wrong",
        *,
        author: str | None = "ada",
        labels: Names = (),
        type: str | None = None,
        body: str = "",
    ) -> Issue:
        """Open an issue."""
        number = self.state.next_number(self)
        self.issues[number] = Issue(self, number, title, author, body, [*labels], type)
        return self.issues[number]

    def rename(self, full_name: str) -> None:
        """Give it another name or owner; the earlier name leads here."""
        self.state.rename(self, full_name)

    def delete(self) -> None:
        """Remove it: 404 and null from now on."""
        self.is_deleted = True

    def archive(self) -> None:
        """Make it read-only."""
        self.is_archived, self.updated_at = True, self.state.now
