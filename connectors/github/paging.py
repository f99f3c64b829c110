"""Reads one connection of a repository, page by page, for a walk."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from connectors.github.answering import Answer, Size
from connectors.github.answers import Node, check, nodes
from connectors.github.client import Client
from connectors.github.troubles import Broken
from connectors.hosts.api import Repository
from connectors.hosts.walking import Item, Page

ToItem = Callable[[Node], Item]


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection of one repository: how it is asked for, how its nodes become items."""

    client: Client
    repository: Repository
    field: str
    what: str
    document: str
    item: ToItem
    size: Size

    @property
    def owner(self) -> str:
        """Return who owns the repository."""
        return self.repository.full_name.partition("/")[0]

    def page(self, token: str | None) -> Page:
        """Return the page that begins after ``token``."""
        variables = {**named(self.repository), "after": token}
        return self.client.graphql(
            self.document, variables, self._said, self.owner, self._page, self.size
        )

    def again(self, document: str, ids: Sequence[str]) -> Page:
        """Return what is left of the nodes with these ids, a hundred at most."""

        def read(answer: Answer) -> Page:
            self._check_errors(answer, {"NOT_FOUND"})
            found = [node for node in answer.data["nodes"] if node]
            for node in found:
                check(node["repository"]["databaseId"], self.repository)
                if node["id"] not in ids:
                    raise Broken("it answered with something else than was asked for")
            return Page([self.item(node) for node in found], None, answer.asked_at)

        return self.client.graphql(document, {"ids": [*ids]}, self._said, self.owner, read)

    @property
    def _said(self) -> str:
        return f"{self.what} of {self.repository.full_name}"

    def _page(self, answer: Answer) -> Page:
        self._check_errors(answer)
        found = answer.data["repository"]
        check(found["databaseId"], self.repository)
        connection = found[self.field]
        more = connection["pageInfo"]
        items = [self.item(node) for node in connection["nodes"] if node]
        following = more["endCursor"] if more["hasNextPage"] else None
        return Page(items, following, answer.asked_at, connection["totalCount"])

    def _check_errors(self, answer: Answer, known: set[str] | frozenset[str] = frozenset()) -> None:
        """Refuse an answer that lacks what was asked for; it would be short in silence."""
        errors = [error for error in answer.errors if error.get("type") not in known]
        if errors:
            raise self.client.refused(errors, self._said)


def named(repository: Repository) -> dict[str, str]:
    """Return the variables that name a repository."""
    owner, _, name = repository.full_name.partition("/")
    return {"owner": owner, "name": name}


def rest_of(
    client: Client,
    owner: str,
    what: str,
    document: str,
    node: Node,
    following: dict[str, str],
) -> dict[str, list[Node]]:
    """Return what did not fit: all nodes of the connections ``following``, from the first on.

    ``following`` maps a connection's name to the cursor after which it goes on.
    """
    found = {field: {one["id"]: one for one in nodes(node[field])} for field in following}
    while following:
        variables = {
            "id": node["id"],
            **{field: field in following for field in found},
            **{f"after{field[0].upper()}{field[1:]}": at for field, at in following.items()},
        }
        read = partial(_more, client, what, node["id"], found, list(following))
        page = client.graphql(document, variables, what, owner, read)
        for field in following:
            found[field] |= {one["id"]: one for one in nodes(page[field])}
        following = after(page, list(following))
    return {field: list(kept.values()) for field, kept in found.items()}


def _more(
    client: Client,
    what: str,
    id: str,
    known: Mapping[str, Mapping[str, Node]],
    fields: Sequence[str],
    answer: Answer,
) -> Node:
    """Return the further pages of one node, if they bring anything."""
    if answer.errors:
        raise client.refused(answer.errors, what)
    found: Node = answer.data["node"]
    if found["id"] != id:
        raise Broken("it answered with something else than was asked for")
    for field in fields:
        if {one["id"] for one in nodes(found[field])} <= known[field].keys():
            raise Broken("it repeats a page")
    return found


def next_page(connection: Node, known: Collection[str | None]) -> str | None:
    """Return the cursor at which a connection goes on; refuse one that was followed already."""
    more = connection["pageInfo"]
    if not more["hasNextPage"]:
        return None
    if more["endCursor"] in known:
        raise Broken("it goes in a circle")
    if not nodes(connection):
        raise Broken("it says that there is more, and sends nothing")
    return str(more["endCursor"])


def after(node: Node, fields: Sequence[str]) -> dict[str, str]:
    """Return the cursors at which connections of a node go on, of those that do."""
    found = {}
    for field in fields:
        more = (node.get(field) or {}).get("pageInfo") or {}
        if more.get("hasNextPage"):
            found[field] = str(more["endCursor"])
    return found
