"""PagerDuty's change events as deployments."""

import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.events.cleaning import link
from connectors.hosts.references import masked, references
from connectors.hosts.walking import Item
from connectors.pagers import payloads
from connectors.pagers.judging import Body
from connectors.records import Record

SHA: Final = re.compile(r"[0-9a-f]{7,40}")
# What integrations call these things in the details that they send along.
NAMES: Final = {
    "environment": ("environment", "env", "stage"),
    "sha": ("sha", "commit_sha", "commit", "revision", "git_sha"),
    "version": ("version", "release", "tag"),
    "repository": ("repository", "repo", "repo_full_name"),
    "status": ("status", "build_state", "state", "result"),
}


def deployment(body: Body) -> Item:
    """Return one change event; it ended when it was told."""
    at = payloads.time(body["timestamp"])
    assert at is not None
    details = flat(body.get("custom_details"))
    services = [one for one in body.get("services") or () if isinstance(one, Mapping)]
    links = [str(one.get("href")) for one in body.get("links") or () if isinstance(one, Mapping)]
    known = {name: first(details, names) for name, names in NAMES.items()}
    if known["sha"] and not SHA.fullmatch(known["sha"]):
        known["sha"] = None
    said = references(body.get("summary"), "\n".join([*links, *details.values()]))
    payload = payloads.told(
        deployment_id=str(body["id"]),
        name=masked(body.get("summary")),
        tool=payloads.text(body.get("source")),
        services=";".join(payloads.words(one.get("summary") for one in services)),
        service_ids=";".join(payloads.words(one.get("id") for one in services)),
        **known,
        finished_at=at,
        mentions=" ".join(said.mentions),
        url=link(links[0]) if links else None,
    )
    return Item(Record("deployments", str(body["id"]), payload, "", at), at)


def flat(details: Any) -> dict[str, str]:
    """Return the texts of the details by their names in lower case."""
    if not isinstance(details, Mapping):
        return {}
    texts = {str(name).lower(): payloads.text(value) for name, value in details.items()}
    return {name: value for name, value in texts.items() if value}


def first(details: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """Return the first of some details that there is."""
    return next((details[name] for name in names if name in details), None)
