"""The code of a repository of the made-up GitHub: real git objects, branches, pull requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.hosts.git_objects import Commit, Objects
from tests.hosts.github_pulls import Pull

if TYPE_CHECKING:
    from tests.hosts.github_state import State

Time = str | datetime | None
Names = Sequence[str]
# What GitHub itself makes is committed by GitHub.
HOST = "GitHub"


@dataclass(eq=False)
class Code:
    """Commits, refs and pull requests of one repository."""

    state: "State"
    full_name: str
    database_id: int
    default_branch: str = "main"
    objects: Objects = field(default_factory=Objects)
    files: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    pushed_at: datetime = field(init=False)
    updated_at: datetime = field(init=False)

    @property
    def head(self) -> str | None:
        """Return the commit of the default branch."""
        return self.objects.refs.get(f"refs/heads/{self.default_branch}")

    def commit(
        self,
        message: str = "",
        *,
        branch: str | None = None,
        authored_at: Time = None,
        author: str = "ada",
        parents: Sequence[str] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> str:
        """Push a commit to a branch (default: the default one) and return its sha."""
        self.files |= files or {}
        ref = f"refs/heads/{branch or self.default_branch}"
        tip = self.objects.refs.get(ref, self.head)
        above = tuple(parents) if parents is not None else (tip,) if tip else ()
        sha = self.object(message or f"Change {self.state.next_id()}", above, author, authored_at)
        self.push(ref, sha)
        return sha

    def object(
        self,
        message: str,
        parents: tuple[str, ...],
        author: str = "ada",
        authored_at: Time = None,
        committer: str = "",
    ) -> str:
        """Make a commit that no branch carries."""
        authored = (author, self.state.moment(authored_at))
        committed = (committer or author, self.state.now)
        return self.objects.commit(message, parents, authored, committed, self.files)

    def push(self, ref: str, sha: str | None) -> None:
        """Point a ref at a commit, by force; null removes it."""
        name = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
        if sha is None:
            self.objects.refs.pop(name, None)
        else:
            self.objects.refs[name] = sha
        self.pushed_at = self.updated_at = self.state.now

    def tag(self, name: str, sha: str | None = None, *, is_annotated: bool = False) -> str:
        """Tag a commit (default: the default branch's) and return the commit."""
        target = sha or self.head or ""
        own = self.objects.tag(name, target, "ada", self.state.now) if is_annotated else target
        self.push(f"refs/tags/{name}", own)
        return target

    def adopt(self, path: Path) -> None:
        """Take over objects and refs of a real repository on disk."""
        self.objects.adopt(path)
        self.pushed_at = self.state.now

    def commit_of(self, sha: str | None) -> Commit | None:
        """Return a commit by its sha."""
        return self.objects.commits.get(self.objects.peeled(sha)) if sha else None

    def pull(
        self,
        title: str = "A change",
        *,
        author: str | None = "ada",
        branch: str | None = None,
        base: str | None = None,
        commits: int | Sequence[str] = 1,
        body: str = "",
        labels: Names = (),
        is_draft: bool = False,
        is_from_fork: bool = False,
    ) -> Pull:
        """Open a pull request; ``commits`` are the moments they were authored at, or how many."""
        number = self.state.next_number(self)
        head, into = branch or f"change-{number}", base or self.default_branch
        pull = Pull(
            self, number, title, author, head, into, body, is_draft, is_from_fork, [*labels]
        )
        self.pulls[number] = pull
        times = [self.state.now] * commits if isinstance(commits, int) else commits
        self.commit_to(pull, times)
        return pull

    def commit_to(
        self, pull: Pull, authored_ats: Sequence[str | datetime], message: str | None = None
    ) -> list[str]:
        """Add commits to the branch of a pull request."""
        ref = f"refs/heads/{pull.head_ref_name}"
        base = self.objects.refs.get(f"refs/heads/{pull.base_ref_name}", self.head)
        made = []
        for authored_at in authored_ats:
            tip = pull.commit_oids[-1] if pull.commit_oids else base
            words = message or f"{pull.title} {len(pull.commit_oids) + 1} of #{pull.number}"
            above = (tip,) if tip else ()
            made.append(self.object(words, above, pull.author or "ghost", authored_at))
            pull.commit_oids.append(made[-1])
        if not pull.is_cross_repository and made:
            self.push(ref, made[-1])
        return made

    def merge(self, pull: Pull, method: str = "merge", by: str | None = "bo") -> str:
        """Merge a pull request: merge, squash or rebase; return the sha on the base."""
        sha = self.merged(pull, method)
        pull.merge_oid, pull.merged_by = sha, by
        if self.commit_of(pull.commit_oids[-1] if pull.commit_oids else None):
            self.push(f"refs/heads/{pull.base_ref_name}", sha)
        pull.merged_at = pull.closed_at = self.state.now
        pull.enqueued_at = None
        pull.tell("MergedEvent", by, sha)
        pull.tell("ClosedEvent", by)
        return sha

    def merged(self, pull: Pull, method: str) -> str:
        """Make the commit or commits that a merge puts on the base; return the last."""
        base = self.objects.refs.get(f"refs/heads/{pull.base_ref_name}") or self.head or ""
        author = pull.author or "ghost"
        if method == "merge":
            words = f"Merge pull request #{pull.number} from {pull.head_ref_name}\n\n{pull.title}"
            return self.object(words, (base, pull.commit_oids[-1]), author, None, HOST)
        if method == "squash":
            return self.object(f"{pull.title} (#{pull.number})", (base,), author, None, HOST)
        for oid in pull.commit_oids:
            commit = self.objects.commits[oid]
            told = (commit.message, (base,), commit.author, commit.authored_date)
            base = self.object(*told, HOST)
        return base

    def commit_tagged(self, tag: str) -> str | None:
        """Return the commit of a tag."""
        own = self.objects.refs.get(f"refs/tags/{tag}")
        return self.objects.peeled(own) if own else None
