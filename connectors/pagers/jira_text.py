"""What Jira's rich texts say in plain words, and what its fields are worth."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.pagers import payloads

DEEPEST = 30


def plain(document: Any) -> str:
    """Return the words and addresses of a text, whether it is rich or plain."""
    if isinstance(document, str):
        return document
    return " ".join(pieces(document))


def pieces(node: Any, depth: int = 0) -> Iterator[str]:
    """Yield the texts and links inside a node of Atlassian's document format."""
    if not isinstance(node, Mapping) or depth > DEEPEST:
        return
    if isinstance(node.get("text"), str):
        yield node["text"]
    told = [node, *(mark for mark in node.get("marks") or () if isinstance(mark, Mapping))]
    for one in told:
        attributes = one.get("attrs")
        for name in ("href", "url"):
            if isinstance(attributes, Mapping) and isinstance(attributes.get(name), str):
                yield attributes[name]
    for child in node.get("content") or ():
        yield from pieces(child, depth + 1)


def values(field: Any) -> tuple[str, ...]:
    """Return what a field of any type is set to: a text, options, users are not told."""
    if isinstance(field, list):
        return payloads.words(name for one in field for name in values(one))
    if isinstance(field, Mapping):
        if "accountId" in field or "emailAddress" in field:
            return ()
        found = next((field[key] for key in ("name", "value", "label") if field.get(key)), None)
        return payloads.words([found])
    return payloads.words([field] if isinstance(field, str | int | float) else [])
