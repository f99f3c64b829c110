"""Reads objects of a cluster, whatever they leave out or have in another shape."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.delivery.kinds import Body

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
SHA = re.compile(r"[0-9a-f]{40}|(?=\d*[a-f])[0-9a-f]{7,39}")


def part(body: Any, *names: str) -> Body:
    """Return the object below some names; an empty one where there is none."""
    for name in names:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def parts(body: Any, *names: str) -> Iterator[Body]:
    """Yield the objects of a list below some names."""
    found = part(body, *names[:-1]).get(names[-1])
    if isinstance(found, list):
        yield from (one for one in found if isinstance(one, Mapping))


def text(body: Any, *names: str) -> str | None:
    """Return a text below some names; null where it is blank or absent."""
    found = part(body, *names[:-1]).get(names[-1])
    return found.strip() or None if isinstance(found, str) else None


def number(body: Any, *names: str) -> float | None:
    """Return a number below some names, also one written as text."""
    found = part(body, *names[:-1]).get(names[-1])
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        return float(found)
    except ValueError:
        return None


def whole(body: Any, *names: str) -> int | None:
    """Return a whole number below some names."""
    found = number(body, *names)
    return int(found) if found is not None and abs(found) < 1e12 else None


def moment(body: Any, *names: str) -> datetime | None:
    """Return a time below some names, in UTC; null for what is none."""
    found = text(body, *names)
    try:
        at = datetime.fromisoformat(found) if found else None
    except ValueError:
        return None
    return at.astimezone(UTC).replace(microsecond=0) if at and at.tzinfo else None


def stamp(at: datetime | None) -> str | None:
    """Write a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def condition(body: Body, kind: str) -> Body:
    """Return the condition of a type; an empty one where it has none."""
    return next((one for one in parts(body, "status", "conditions") if one.get("type") == kind), {})


def image(template: Body) -> dict[str, str]:
    """Return version, commit and digest of the first container of a pod's template."""
    containers = parts(template, "spec", "containers")
    return named(text(next(containers, {}), "image") or "")


def named(reference: str) -> dict[str, str]:
    """Return version, commit and digest that the name of an image tells."""
    path, _, digest = reference.partition("@")
    tag = path.rpartition("/")[2].partition(":")[2]
    found = {"version": tag[:200], "artifact_digest": digest.lower()}
    if SHA.fullmatch(tag.lower()):
        found["sha"] = tag.lower()
    if not DIGEST.fullmatch(found["artifact_digest"]):
        del found["artifact_digest"]
    return {name: value for name, value in found.items() if value}


def share(percent: float | None) -> float | None:
    """Return a percentage as a share, 0 to 1."""
    return min(max(percent / 100, 0.0), 1.0) if percent is not None else None


def told(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload without what is not known, with times as text."""
    written = {
        name: stamp(value) if isinstance(value, datetime) else value
        for name, value in payload.items()
    }
    return {name: value for name, value in written.items() if value is not None}
