"""Reads what GitHub's answers have in common: people, ids, lists, times."""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.github.troubles import Broken
from connectors.hosts.api import Repository
from connectors.hosts.walking import parsed, stamp

Node = Mapping[str, Any]


def login(actor: Node | None) -> str | None:
    """Return who it was; a bot with ``[bot]``, null where the account is gone."""
    if not actor or not actor.get("login"):
        return None
    name = str(actor["login"])
    return f"{name}[bot]" if is_bot(actor) and not name.endswith("[bot]") else name


def is_bot(actor: Node | None) -> bool:
    """Tell whether GitHub says that this is a bot: GraphQL by its type, REST by a field."""
    return bool(actor) and (actor or {}).get("__typename", (actor or {}).get("type")) == "Bot"


def database_id(node: Node) -> str:
    """Return the numeric id of a node.

    Ids have outgrown GraphQL's integers, and are null then; the node's own id ends in the number.
    """
    if node.get("databaseId") is not None:
        return str(node["databaseId"])
    try:
        raw = base64.urlsafe_b64decode(re.sub("^[A-Z]+_", "", str(node["id"])) + "===")
        old = re.fullmatch(rb"\d+:[A-Za-z]+(\d+)", raw)
        return old[1].decode() if old else str(packed(raw)[-1])
    except (ValueError, IndexError, KeyError) as error:
        raise Broken("it sent something without an id") from error


def packed(raw: bytes) -> list[int]:
    """Return the numbers that a node id packs, as MessagePack does: a count, then each."""
    sizes = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
    numbers, at = [], 1
    while at < len(raw):
        size = sizes[raw[at]] if raw[at] > 0x7F else 0
        numbers.append(int.from_bytes(raw[at + 1 : at + 1 + size], "big") if size else raw[at])
        at += 1 + size
    return numbers


def nodes(connection: Node | None) -> list[Node]:
    """Return the nodes of a connection that are there."""
    return [node for node in (connection or {}).get("nodes") or () if node]


def joined(words: Iterable[str | None], by: str = " ") -> str | None:
    """Return words as one text, null for none."""
    told = [word.replace(by, "," if by == ";" else "_") for word in words if word]
    return by.join(told) or None


def told(**values: Any) -> dict[str, Any]:
    """Return a payload: what has a value, times as text."""
    return {key: value for key, value in values.items() if value is not None and value != ""}


def time(text: str | None) -> str | None:
    """Return a time as payloads have it."""
    moment = parsed(text)
    return stamp(moment) if moment else None


def check(id: Any, repository: Repository) -> None:
    """Refuse an answer about another repository, which a proxy may send."""
    if str(id) != repository.id:
        raise Broken("it answered about another repository")
