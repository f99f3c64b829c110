"""Things that GitHub's GraphQL tells and the state holds in other forms: refs, labels, suites."""

from dataclasses import dataclass
from typing import Any

from tests.hosts.git_objects import Commit
from tests.hosts.github_nodes import node_id
from tests.hosts.github_pulls import Event
from tests.hosts.github_repository import Repository
from tests.hosts.github_state import Account
from tests.hosts.github_things import Run


@dataclass(frozen=True)
class RefView:
    """A branch or a tag."""

    repository: Repository
    full: str
    sha: str

    @property
    def id(self) -> str:
        """Return the node id."""
        return f"REF_{self.full}"

    @property
    def prefix(self) -> str:
        """Return ``refs/heads/`` or ``refs/tags/``."""
        return "/".join(self.full.split("/")[:2]) + "/"

    @property
    def name(self) -> str:
        """Return the name without the prefix."""
        return self.full.removeprefix(self.prefix)

    @property
    def target(self) -> Any:
        """Return the commit or the annotated tag."""
        return git_object(self.repository, self.sha)


@dataclass(frozen=True)
class CommitView:
    """A commit in a repository."""

    repository: Repository
    commit: Commit

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "commit"), name)

    @property
    def id(self) -> str:
        """Return the node id."""
        return f"C_{self.repository.database_id}_{self.commit.oid}"

    @property
    def message_headline(self) -> str:
        """Return the first line."""
        return self.commit.message.partition("\n")[0]

    @property
    def message_body(self) -> str:
        """Return all but the first line."""
        return self.commit.message.partition("\n")[2].strip()


@dataclass(frozen=True)
class TagView:
    """An annotated tag."""

    repository: Repository
    oid: str
    name: str

    @property
    def id(self) -> str:
        """Return the node id."""
        return f"T_{self.oid}"

    @property
    def target(self) -> Any:
        """Return the commit."""
        return git_object(self.repository, self.repository.objects.peeled(self.oid))


@dataclass(frozen=True)
class FileView:
    """A file's text (Blob), or a folder (Tree) with the paths below it."""

    repository: Repository
    path: str
    text: str | None
    below: tuple[str, ...] = ()

    @property
    def oid(self) -> str:
        """Return some sha."""
        return self.repository.objects.keep("blob", (self.text or self.path).encode())

    @property
    def id(self) -> str:
        """Return the node id."""
        return f"B_{self.oid}"

    @property
    def byte_size(self) -> int:
        """Return the size."""
        return len((self.text or "").encode())

    size = byte_size

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def entries(self) -> list["FileView"]:
        """Return what lies in this folder."""
        names = dict.fromkeys(
            path.removeprefix(f"{self.path}/").split("/")[0] for path in self.below
        )
        found = (file(self.repository, f"{self.path}/{name}".strip("/")) for name in names)
        return [one for one in found if one]

    @property
    def type(self) -> str:
        """Return blob or tree."""
        return "blob" if self.text is not None else "tree"

    @property
    def object(self) -> "FileView":
        """Return itself: an entry and what it names are told by one view."""
        return self


@dataclass(frozen=True)
class Named:
    """A label, an environment, an issue type or a workflow: a name, and what it is of."""

    kind: str
    repository: Repository
    name: str
    database_id: int = 1
    path: str = ""

    @property
    def id(self) -> str:
        """Return the node id."""
        return f"{self.kind}_{self.repository.database_id}_{self.name}"

    @property
    def created_at(self) -> Any:
        """Return when the repository was made: nothing tells more exactly."""
        return self.repository.created_at

    updated_at = created_at


@dataclass(frozen=True)
class Suite:
    """The check suite of a workflow run."""

    run: Run

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "run"), name)

    @property
    def id(self) -> str:
        """Return the node id."""
        return node_id("CS", self.run.repository.database_id, self.run.database_id)


@dataclass(frozen=True)
class PullCommit:
    """A commit of a pull request."""

    pull: Any
    oid: str

    @property
    def id(self) -> str:
        """Return the node id."""
        return f"PURC_{self.pull.database_id}_{self.oid}"


def git_object(repository: Repository, sha: str | None) -> Any:
    """Return the commit or tag that a sha names; null where nothing is."""
    if not sha:
        return None
    kind, body = repository.objects.raw.get(sha, ("", b""))
    if kind == "tag":
        name = next(line for line in body.decode().splitlines() if line.startswith("tag "))
        return TagView(repository, sha, name.removeprefix("tag "))
    commit = repository.objects.commits.get(sha)
    return CommitView(repository, commit) if commit else None


def file(repository: Repository, path: str) -> FileView | None:
    """Return the file or folder at a path of the default branch; the root is an empty path."""
    if path in repository.files:
        return FileView(repository, path, repository.files[path])
    below = tuple(one for one in repository.files if not path or one.startswith(f"{path}/"))
    return FileView(repository, path, None, below) if below or not path else None


def type_name(value: Any) -> str:
    """Return the GraphQL type of a value."""
    if isinstance(value, Account | Event | Named):
        return value.kind
    if isinstance(value, FileView):
        return "Blob" if value.text is not None else "Tree"
    known = {"RefView": "Ref", "CommitView": "Commit", "TagView": "Tag", "Pull": "PullRequest"}
    known |= {"Review": "PullRequestReview", "Status": "DeploymentStatus", "Job": "CheckRun"}
    known |= {"Run": "WorkflowRun", "Suite": "CheckSuite", "PullCommit": "PullRequestCommit"}
    return known.get(type(value).__name__, type(value).__name__)
