"""What the errors in a GraphQL answer mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.errors import SourceError, SourceMisconfigured
from connectors.github.judging import NEEDED, SIGN_ON, not_found, said
from connectors.github.troubles import Broken
from connectors.hosts.walking import PageGone

TOO_OLD = {"undefinedField", "undefinedType", "argumentNotAccepted"}
PERMISSIONS = {
    "pullRequests": "Pull requests",
    "branchProtectionRules": "Administration",
    "deployments": "Deployments",
    "environments": "Environments",
    "issues": "Issues",
    "releases": "Contents",
    "object": "Contents",
    "refs": "Contents",
    "checkSuite": "Actions and Checks",
}


def refusal(errors: Sequence[Mapping[str, Any]], name: str, what: str, key: str) -> Exception:
    """Return what a list of GraphQL errors means; the first that is to be mended counts."""
    found = [_refusal(error, name, what, key) for error in errors]
    return next((one for one in found if isinstance(one, SourceError)), found[0])


def _refusal(error: Mapping[str, Any], name: str, what: str, key: str) -> Exception:
    kind, told = error.get("type"), said(error)
    extensions = error.get("extensions") or {}
    if kind == "INVALID_CURSOR_ARGUMENTS":
        return PageGone(told)
    if kind == "NOT_FOUND":
        return SourceMisconfigured(f"{name}, {what}: {not_found(key)}")
    if kind == "INSUFFICIENT_SCOPES":
        return SourceMisconfigured(f"{name}, {what}: {told}")
    if kind == "FORBIDDEN":
        if extensions.get("saml_failure") or "SAML" in told:
            return SourceMisconfigured(f"{name}, {what}: {SIGN_ON}")
        fields = [PERMISSIONS[step] for step in error.get("path") or () if step in PERMISSIONS]
        lacks = f"{fields[-1]}: read" if fields else f"one of {NEEDED}"
        return SourceMisconfigured(f"{name}, {what}: {key} lacks a permission, {lacks} ({told})")
    if extensions.get("code") in TOO_OLD:
        return SourceMisconfigured(
            f"{name}, {what}: this server does not know what is asked for ({told}). It takes "
            "GitHub Enterprise Server 3.10 or newer"
        )
    return Broken(f"it answered with an error ({told})")
