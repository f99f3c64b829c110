"""Everything that the made-up GitHub knows, and its clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

from tests.hosts.github_nodes import node_id
from tests.hosts.github_repository import Repository


def moment(text: str | datetime) -> datetime:
    """Return the moment that ``2025-03-03 09:00`` is in UTC."""
    if isinstance(text, datetime):
        return text
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@dataclass(eq=False)
class Account:
    """A user, an organisation or a bot (named with ``[bot]``)."""

    login: str
    kind: str
    database_id: int

    @property
    def id(self) -> str:
        """Return the node id."""
        prefix = {"User": "U", "Organization": "O", "Bot": "BOT"}[self.kind]
        return node_id(prefix, self.database_id)


@dataclass
class Token:
    """What a token may do.

    ``sees`` are globs over full names. ``scopes`` are a classic token's; null for a fine-grained
    one or an app's. ``denied`` are permissions that it lacks: contents, pull_requests,
    deployments, actions, checks, issues, environments. ``saml`` are organisations that
    want single sign-on from it first. ``wants`` are GraphQL fields (``Repository.environments``)
    by the scope that they want of a classic token. Only an administrator is shown the classic
    protection of branches; others are shown none, without an error.
    """

    login: str = "reader"
    scopes: tuple[str, ...] | None = ("repo", "read:org")
    sees: tuple[str, ...] = ("*",)
    denied: frozenset[str] = frozenset()
    saml: frozenset[str] = frozenset()
    wants: dict[str, str] = field(default_factory=dict)
    is_installation: bool = False
    is_administrator: bool = True
    is_revoked: bool = False


@dataclass
class App:
    """A GitHub App: ``installations`` maps an organisation to the number of its installation.

    A ``token_life`` of nothing makes every token one that a client wants renewed at once.
    """

    id: int
    installations: dict[str, int]
    slug: str = "drumbeat-app"
    token_life: timedelta = timedelta(hours=1)
    tokens_issued: int = 0
    denied: frozenset[str] = frozenset()


@dataclass
class State:
    """Owners, repositories, tokens and the clock. Tests reach it through ``FakeGitHub``."""

    now: datetime
    accounts: dict[str, Account] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    app: App | None = None
    nodes: dict[str, Any] = field(default_factory=dict)
    ids: count = field(default_factory=lambda: count(1001))

    def next_id(self) -> int:
        """Return an id that nothing has yet."""
        return next(self.ids)

    def next_number(self, repository: Repository) -> int:
        """Return the next number: pull requests and issues share them."""
        return 1 + max([0, *repository.pulls, *repository.issues])

    def moment(self, told: str | datetime | None) -> datetime:
        """Return a moment; now, if none is told."""
        return moment(told) if told else self.now

    def account(self, login: str, kind: str | None = None) -> Account:
        """Return an account, made where there is none: a bot by its name, else a user."""
        if login not in self.accounts:
            made = kind or ("Bot" if login.endswith("[bot]") else "User")
            self.accounts[login] = Account(login, made, self.next_id())
            self.nodes[self.accounts[login].id] = self.accounts[login]
        return self.accounts[login]

    def repository(
        self, full_name: str, *, owner: str = "Organization", **fields: Any
    ) -> Repository:
        """Return the repository of that name; made, with a first commit, where there is none."""
        known = self.find(full_name)
        if known:
            return known
        self.account(full_name.split("/")[0], owner)
        made = Repository(self, full_name, self.next_id(), **fields)
        self.repositories[made.database_id] = made
        made.commit("First")
        return made

    def find(self, full_name: str, *, is_following: bool = False) -> Repository | None:
        """Return a repository by its name now, or by an earlier one that is free."""
        alive = [one for one in self.repositories.values() if not one.is_deleted]
        name = full_name.lower()
        for one in alive:
            if one.full_name.lower() == name:
                return one
        former = [one for one in alive if name in map(str.lower, one.former_names)]
        return former[-1] if former and is_following else None

    def rename(self, repository: Repository, full_name: str) -> None:
        """Give a repository another name or owner."""
        self.account(full_name.split("/")[0], "Organization")
        repository.former_names.append(repository.full_name)
        repository.full_name, repository.updated_at = full_name, self.now

    def visible(self, token: Token) -> list[Repository]:
        """Return what a token may see, oldest first."""
        return [one for one in self.repositories.values() if may_see(token, one)]


def may_see(token: Token, repository: Repository) -> bool:
    """Return whether a token reaches a repository."""
    if repository.is_deleted:
        return False
    is_reader = token.scopes is None or "repo" in token.scopes or not repository.is_private
    return is_reader and any(fnmatchcase(repository.full_name, glob) for glob in token.sees)
