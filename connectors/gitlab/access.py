"""What a token can and can not see, in words that lead to the fix."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from connectors.errors import SourceError
from connectors.gitlab.client import REST, Client
from connectors.gitlab.job_token import UNSEEN
from connectors.gitlab.judging import SCOPES, Missing
from connectors.hosts.api import Access, Repository, samples
from connectors.records import Failure

NEEDED: Final = ("read_api", "read_repository")
SOON: Final = 14
REPORTER: Final = 20
LOOKED_AT: Final = 20
Repositories = Callable[[], Iterator[Repository | Failure]]


def told(
    client: Client,
    repositories: Repositories,
    settings: Callable[[Repository], Iterator[Access]],
) -> Iterator[Access]:
    """Yield what the credentials can see; ends where GitLab does not know them."""
    try:
        yield from job(client) if client.job_token else token(client)
        found = list(repositories())
    except SourceError as error:
        yield Access("token", str(error), "mend")
        return
    yield from projects(client, found)
    if not client.job_token:
        for one in samples(one for one in found if isinstance(one, Repository)):
            yield from settings(one)
    yield quota(client)


def job(client: Client) -> Iterator[Access]:
    """Yield what a job token is good for."""
    yield Access("token", UNSEEN, "look")


def token(client: Client) -> Iterator[Access]:
    """Yield whose the token is, its scopes and its end."""
    version = client.get("/version", "its version").body
    yield Access("server", f"GitLab {version.get('version', 'of a version that it hides')}")
    try:
        about = client.get("/personal_access_tokens/self", "the token").body
    except Missing:
        # Tokens of OAuth applications, and GitLab before 15.5.
        yield Access("token", "GitLab does not tell its scopes", "look")
        return
    yield scopes(about)
    yield from expiry(about, datetime.now(UTC).date())


def scopes(about: Mapping[str, Any]) -> Access:
    """Say which scopes a token has, and which it lacks."""
    held = [str(scope) for scope in about.get("scopes") or ()]
    granted = {*held, *(NEEDED if "api" in held else ())}
    lacking = [scope for scope in NEEDED if scope not in granted]
    if lacking:
        said = f"it lacks {' and '.join(lacking)}: make one with {SCOPES}"
        return Access("token", f"its scopes are {', '.join(held) or 'none'}; {said}", "mend")
    more = "; read_api and read_repository would do" if "api" in held else ""
    return Access("token", f"its scopes are {', '.join(held)}{more}", "look" if more else "ok")


def expiry(about: Mapping[str, Any], today: date) -> Iterator[Access]:
    """Yield a warning before a token ends."""
    if about.get("expires_at"):
        ends_on = date.fromisoformat(str(about["expires_at"])[:10])
        days = (ends_on - today).days
        if days <= SOON:
            yield Access("token", f"it ends on {ends_on}: make a new one before that", "look")


def projects(client: Client, found: list[Repository | Failure]) -> Iterator[Access]:
    """Yield how many projects are seen, those that are not, and those seen in part only."""
    seen = [one for one in found if isinstance(one, Repository)]
    level = "ok" if seen else "mend"
    said = f"{len(seen)} seen" if seen else "none seen: mend `repositories` or the token's role"
    yield Access("projects", said, level)  # type: ignore[arg-type]
    for one in found:
        if isinstance(one, Failure):
            yield Access(one.scope, str(one.error), "mend")
    if not client.job_token:
        for one in seen[:LOOKED_AT]:
            yield from role(client, one)


def role(client: Client, repository: Repository) -> Iterator[Access]:
    """Yield a project where the token's role is too low for code, pipelines and deployments."""
    try:
        what = f"project {repository.full_name}"
        body = client.get(f"/projects/{repository.id}", what).body
    except SourceError as error:
        yield Access(repository.full_name, str(error), "mend")
        return
    rights = [right for right in (body.get("permissions") or {}).values() if right]
    highest = max((right.get("access_level") or 0 for right in rights), default=0)
    if highest < REPORTER and body.get("visibility") != "public":
        said = "the token's role is lower than Reporter: code, merge requests and deployments may "
        yield Access(repository.full_name, f"{said}be hidden; give it the role Reporter", "mend")


def quota(client: Client) -> Access:
    """Say what is left of the quota of requests."""
    known = client.asker.quotas.get(REST)
    if known is None:
        return Access("quota", "GitLab tells of no limit to requests")
    reserve = f"{client.asker.reserve:.0%} are left to others"
    return Access("quota", f"{known.remaining:,} of {known.limit:,} requests left; {reserve}")
