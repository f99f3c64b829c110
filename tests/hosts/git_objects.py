"""Git's own objects, made in memory: the same bytes and shas that git would make."""

import hashlib
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

SETTINGS = """[core]
\trepositoryformatversion = 0
\tbare = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
"""


@dataclass(frozen=True)
class Commit:
    """A commit; people are logins, whose addresses are at example.com."""

    oid: str
    message: str
    parents: tuple[str, ...]
    authored_date: datetime
    committed_date: datetime
    author: str
    committer: str
    tree: str = ""


@dataclass
class Objects:
    """A repository's objects by sha, its commits read, and its refs by full name."""

    raw: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)

    def keep(self, kind: str, body: bytes) -> str:
        """Keep an object and return its sha."""
        sha = hashlib.sha1(f"{kind} {len(body)}\0".encode() + body).hexdigest()
        self.raw[sha] = (kind, body)
        if kind == "commit" and sha not in self.commits:
            self.commits[sha] = read(sha, body.decode(errors="replace"))
        return sha

    def commit(
        self,
        message: str,
        parents: tuple[str, ...],
        authored: tuple[str, datetime],
        committed: tuple[str, datetime],
        files: Mapping[str, str],
    ) -> str:
        """Make a commit of ``files`` by path and return its sha; a person is (login, time)."""
        lines = [f"tree {self.tree(files)}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author {person(*authored)}", f"committer {person(*committed)}", "", message]
        return self.keep("commit", "\n".join(lines).encode())

    def tag(self, name: str, target: str, by: str, at: datetime) -> str:
        """Make an annotated tag of a commit and return the tag's own sha."""
        lines = [f"object {target}", "type commit", f"tag {name}", f"tagger {person(by, at)}", ""]
        return self.keep("tag", "\n".join([*lines, name, ""]).encode())

    def tree(self, files: Mapping[str, str]) -> str:
        """Keep a tree of texts by path and return its sha."""
        folders: dict[str, dict[str, str]] = {}
        entries: list[tuple[str, str, str]] = []
        for path, text in files.items():
            name, _, rest = path.partition("/")
            if rest:
                folders.setdefault(name, {})[rest] = text
            else:
                entries.append(("100644", name, self.keep("blob", text.encode())))
        entries += [("40000", name, self.tree(inside)) for name, inside in folders.items()]
        # Git sorts a folder as if its name ended with a slash.
        entries.sort(key=lambda entry: entry[1] + ("/" if entry[0] == "40000" else ""))
        body = b"".join(
            f"{mode} {name}\0".encode() + bytes.fromhex(sha) for mode, name, sha in entries
        )
        return self.keep("tree", body)

    def peeled(self, sha: str) -> str:
        """Return the commit that a ref's sha means."""
        kind, body = self.raw.get(sha, ("", b""))
        return body.split(b"\n", 1)[0].split(b" ")[1].decode() if kind == "tag" else sha

    def reachable(self, sha: str | None) -> Iterator[Commit]:
        """Yield the commits that ``sha`` carries, itself first, each once."""
        waiting, seen = [sha] if sha else [], set()
        while waiting:
            commit = self.commits.get(waiting.pop(0) or "")
            if commit and commit.oid not in seen:
                seen.add(commit.oid)
                yield commit
                waiting.extend(commit.parents)

    def write(self, folder: Path, head: str) -> None:
        """Bring a bare repository on disk to this state; ``head`` is the default branch."""
        for name in ("objects", "refs/heads"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "config").write_text(SETTINGS)
        (folder / "HEAD").write_text(f"ref: refs/heads/{head}\n")
        refs = "".join(f"{sha} {name}\n" for name, sha in sorted(self.refs.items()))
        (folder / "packed-refs").write_text("# pack-refs with: sorted\n" + refs)
        for sha, (kind, body) in self.raw.items():
            file = folder / "objects" / sha[:2] / sha[2:]
            if not file.exists():
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(zlib.compress(f"{kind} {len(body)}\0".encode() + body, 1))

    def adopt(self, path: Path) -> None:
        """Take over all objects and refs of a real repository."""
        told = subprocess.run(
            ["git", "-C", str(path), "cat-file", "--batch-all-objects", "--batch"],
            capture_output=True,
            check=True,
        ).stdout
        at = 0
        while at < len(told):
            end = told.index(b"\n", at)
            _, kind, size = told[at:end].decode().split()
            self.keep(kind, told[end + 1 : end + 1 + int(size)])
            at = end + 2 + int(size)
        listing = ["git", "-C", str(path), "for-each-ref", "--format=%(refname) %(objectname)"]
        refs = subprocess.run(listing, capture_output=True, check=True, text=True).stdout
        self.refs |= dict(line.split() for line in refs.splitlines())


def person(login: str, at: datetime) -> str:
    """Return who and when, as a commit says it."""
    return f"{login} <{login.replace('[bot]', '')}@example.com> {int(at.timestamp())} +0000"


def read(oid: str, body: str) -> Commit:
    """Read a commit's own text."""
    head, _, message = body.partition("\n\n")
    told = [line.split(" ", 1) for line in head.splitlines() if " " in line]
    first = {key: value for key, value in reversed(told)}
    (author, authored), (committer, committed) = (
        who(first[key]) for key in ("author", "committer")
    )
    parents = tuple(value for key, value in told if key == "parent")
    return Commit(oid, message, parents, authored, committed, author, committer, first["tree"])


def who(text: str) -> tuple[str, datetime]:
    """Return the name and the time of an author's or committer's line."""
    name, _, rest = text.partition(" <")
    return name, datetime.fromtimestamp(int(rest.rpartition("> ")[2].split()[0]), UTC)
