"""The REST answers of the made-up GitHub, route by route."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.hosts.github_json import Json, Shown
from tests.hosts.github_repository import Repository
from tests.hosts.github_state import State, Token, may_see
from tests.hosts.serving import Answer, Request

ROUTES: list[tuple[re.Pattern[str], Callable[..., Answer], str]] = []


@dataclass(frozen=True)
class Asked:
    """One REST request: by whom, for what, and where things stand."""

    request: Request
    path: str
    token: Token
    state: State
    shown: Shown

    def page(self, found: Sequence[Any], show: Callable[[Any], Json], name: str = "") -> Answer:
        """Return the page asked for, with its Link header; ``name`` wraps it with a count."""
        query = self.request.query
        size = min(int(query.get("per_page") or 30), 100)
        number, last = int(query.get("page") or 1), max(1, -(-len(found) // size))
        shown = [show(one) for one in found[(number - 1) * size : number * size]]
        links = {"next": number + 1, "last": last} if number < last else {}
        links |= {"prev": number - 1, "first": 1} if number > 1 else {}
        at = f"{self.shown.api}{self.path}"
        told = ", ".join(
            f'<{at}?{urlencode({**query, "page": page})}>; rel="{rel}"'
            for rel, page in links.items()
        )
        body = {"total_count": len(found), name: shown} if name else shown
        return Answer(200, body, {"Link": told} if told else {})


def route(path: str, denied: str = "") -> Callable[[Any], Any]:
    """Let a function answer GET of ``path``; tokens may lack the permission ``denied``."""
    pattern = re.compile(
        re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path).replace("(?P<path>[^/]+)", "(?P<path>.+)")
    )

    def keep(function: Callable[..., Answer]) -> Callable[..., Answer]:
        ROUTES.append((pattern, function, denied))
        return function

    return keep


def missing() -> Answer:
    """Return what GitHub says of what is not there, or not for this token."""
    return Answer(404, {"message": "Not Found", "documentation_url": "", "status": "404"})


def answer(asked: Asked) -> Answer:
    """Answer a REST request."""
    for pattern, function, denied in ROUTES:
        if not (found := pattern.fullmatch(asked.path)):
            continue
        told = found.groupdict()
        owner = told.get("owner") or told.get("org") or ""
        if owner in asked.token.saml:
            return saml(asked, owner)
        if "owner" not in told:
            return function(asked, **told)
        full = f"{told.pop('owner')}/{told.pop('name')}"
        repository = asked.state.find(full, is_following=True)
        if not repository or not may_see(asked.token, repository):
            return missing()
        if repository.full_name.lower() != full.lower():
            return moved(asked, repository, full)
        if denied and denied in asked.token.denied:
            return refused(asked, denied)
        return function(asked, repository, **told)
    return missing()


def saml(asked: Asked, owner: str) -> Answer:
    """Return what an organisation with single sign-on says."""
    words = (
        "Resource protected by organization SAML enforcement. You must grant your Personal Access "
        "token access to this organization."
    )
    return Answer(
        403, {"message": words}, {"X-GitHub-SSO": f"required; url={asked.shown.web}/{owner}"}
    )


def moved(asked: Asked, repository: Repository, full: str) -> Answer:
    """Lead from an earlier name to the id, as GitHub does."""
    rest = asked.path.removeprefix(f"/repos/{full}")
    to = f"{asked.shown.api}/repositories/{repository.database_id}{rest}"
    if query := asked.request.query:
        to += f"?{urlencode(query)}"
    return Answer(301, {"message": "Moved Permanently", "url": to}, {"Location": to})


def refused(asked: Asked, permission: str) -> Answer:
    """Return what a token without a permission is told."""
    kind = "integration" if asked.token.is_installation else "personal access token"
    wanted = {"X-Accepted-GitHub-Permissions": f"{permission}=read"}
    return Answer(403, {"message": f"Resource not accessible by {kind}"}, wanted)


def single(found: Sequence[Any], id: str, show: Callable[[Any], Json]) -> Answer:
    """Return one thing by its id."""
    known = next((one for one in found if str(one.database_id) == id), None)
    return Answer(200, show(known)) if known else missing()
