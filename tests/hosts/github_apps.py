"""GitHub Apps at the made-up GitHub: installations, and tokens that they hand out."""

import base64
import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.hosts.github_json import Shown
from tests.hosts.github_state import App, State, Token
from tests.hosts.serving import Answer, Request

PATHS = re.compile(
    r"/app|/app/installations|/app/installations/(?P<id>\d+)(?P<tokens>/access_tokens)?"
    r"|/(?:orgs|users)/(?P<owner>[^/]+)/installation|/repos/(?P<of>[^/]+)/[^/]+/installation"
)


@cache
def private_key() -> str:
    """Return a key for an app, made anew by each run of tests: none is kept in a file."""
    made = generate_private_key(65537, 2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def app_answer(state: State, request: Request, path: str, shown: Shown) -> Answer | None:
    """Answer what an app asks as itself; null where the request is none of an app's."""
    found = PATHS.fullmatch(path)
    if not found:
        return None
    app = state.app
    if app is None or not is_signed(app, request):
        words = "A JSON web token could not be decoded"
        return Answer(401, {"message": words, "status": "401"})
    if path == "/app":
        return Answer(200, {"id": app.id, "slug": app.slug, "name": app.slug})
    installed = {number: owner for owner, number in app.installations.items()}
    if path == "/app/installations":
        return Answer(200, [installation(app, owner, shown) for owner in app.installations])
    owner = found["owner"] or found["of"] or installed.get(int(found["id"] or 0))
    if owner not in app.installations:
        return Answer(404, {"message": "Not Found", "status": "404"})
    if found["tokens"]:
        return issued(state, app, owner)
    return Answer(200, installation(app, owner, shown))


def is_signed(app: App, request: Request) -> bool:
    """Return whether a request carries a token of the app, which says who made it and is fresh."""
    try:
        head, claims, _ = request.headers.get("authorization", "").split(" ")[1].split(".")
        told = [json.loads(base64.urlsafe_b64decode(f"{part}==")) for part in (head, claims)]
    except (IndexError, ValueError):
        return False
    is_fresh = told[1]["iat"] - 60 <= datetime.now(UTC).timestamp() <= told[1]["exp"]
    return told[0]["alg"] == "RS256" and str(told[1]["iss"]) == str(app.id) and is_fresh


def installation(app: App, owner: str, shown: Shown) -> dict[str, Any]:
    """Return an installation."""
    number = app.installations[owner]
    at = f"{shown.api}/app/installations/{number}"
    return {
        "id": number,
        "app_id": app.id,
        "app_slug": app.slug,
        "account": shown.account(owner),
        "target_type": shown.state.account(owner).kind,
        "permissions": {"contents": "read", "deployments": "read", "metadata": "read"},
        "access_tokens_url": f"{at}/access_tokens",
        "repositories_url": f"{shown.api}/installation/repositories",
    }


def issued(state: State, app: App, owner: str) -> Answer:
    """Make a token of an installation, which sees that owner's repositories alone.

    Its end is told by the real clock, by which clients judge it.
    """
    app.tokens_issued += 1
    name = f"installation-{app.installations[owner]}-{app.tokens_issued}"
    told = Token(f"{app.slug}[bot]", None, (f"{owner}/*",), app.denied, is_installation=True)
    state.tokens[name] = told
    ends = (datetime.now(UTC) + app.token_life).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Answer(201, {"token": name, "expires_at": ends, "permissions": {}})
