"""What payloads of all entities have in common: times, logins, and nothing without a value."""

import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.hosts.walking import parsed, stamp

# Users that GitLab makes for access tokens of projects and groups, and for service accounts.
TOKEN_USER: Final = re.compile(r"(?:project|group)_\d+_bot\w*|service_account_\w+")


def told(**payload: Any) -> dict[str, Any]:
    """Return a payload without the keys that have no value."""
    return {key: value for key, value in payload.items() if value not in (None, "")}


def time(text: Any) -> str | None:
    """Return a time as payloads have it."""
    found = parsed(text) if isinstance(text, str) else None
    return stamp(found) if found else None


def login(user: Any) -> str | None:
    """Return a user's name."""
    return str(user["username"]) if isinstance(user, Mapping) and user.get("username") else None


def is_bot(user: Any) -> bool:
    """Tell whether GitLab says that a user is a bot, or made it for a token."""
    name = login(user) or ""
    is_said = isinstance(user, Mapping) and bool(user.get("bot"))
    return is_said or TOKEN_USER.fullmatch(name) is not None


def signed(user: Any) -> str:
    """Return a reviewer's name, marked where it is a bot."""
    name = login(user) or "ghost"
    return f"{name}[bot]" if is_bot(user) and not name.endswith("[bot]") else name


def state(text: Any) -> str:
    """Return whether a change or an issue is open, merged or closed."""
    return {"opened": "open", "locked": "open"}.get(str(text).lower(), str(text).lower())


def joined(labels: Any) -> str | None:
    """Return labels as one text."""
    names = [one.get("name") if isinstance(one, Mapping) else one for one in labels or ()]
    return ";".join(str(name) for name in names if name) or None
