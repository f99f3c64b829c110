"""What the credentials can and can not see, in words that lead to the fix."""

from collections.abc import Callable, Iterable, Iterator

from connectors.errors import SourceError
from connectors.github import more_queries as queries
from connectors.github.answering import Answer
from connectors.github.answers import check
from connectors.github.client import Client
from connectors.github.paging import named
from connectors.hosts.api import Access, Repository, samples
from connectors.records import Failure

ACTIONS = "workflow runs"


def access(
    client: Client,
    owner: str,
    repositories: Callable[[], Iterable[Repository | Failure]],
    settings: Callable[[Repository], Iterator[Access]],
) -> Iterator[Access]:
    """Yield what was looked at: sign-in, quota, repositories, and each kind of thing in one."""
    try:
        yield from signed_in(client, owner)
        found = list(repositories())
    except SourceError as error:
        yield Access("sign in", str(error), "mend")
        return
    for failure in found:
        if isinstance(failure, Failure):
            yield Access(failure.scope, str(failure.error), "mend")
    listed = [one for one in found if isinstance(one, Repository)]
    yield from counted(listed)
    for repository in samples(listed):
        yield from probed(client, repository)
        yield from settings(repository)


def signed_in(client: Client, owner: str) -> Iterator[Access]:
    """Yield who is signed in, with which scopes and quota; asking for the quota is free."""
    resources = client.rest(
        "/rate_limit", {}, "the quota", owner, lambda answer: answer.data["resources"]
    )
    name, scopes = client.graphql(queries.VIEWER, {}, "who signs in", owner, viewer)
    if scopes is None:
        yield Access("sign in", f"signs in as {name}")
    else:
        yield Access("sign in", f"signs in as {name}, with the scopes {scopes or 'none'}")
        if "repo" not in {scope.strip() for scope in scopes.split(",")}:
            yield Access(
                "scopes",
                "the token lacks the scope repo: it sees public repositories only. Add it in the "
                "token's settings",
                "look",
            )
    for resource in ("core", "graphql"):
        if told := resources.get(resource):
            is_low = told["remaining"] <= told["limit"] * client.asker.reserve
            said = f"{told['remaining']} of {told['limit']} calls are left of this hour"
            wait = "; a refresh waits for the next, for the reserve is left alone"
            yield Access(
                f"quota ({resource})", said + (wait if is_low else ""), "look" if is_low else "ok"
            )


def viewer(answer: Answer) -> tuple[str, str | None]:
    """Return who is signed in, and the scopes of a classic token."""
    return str(answer.data["viewer"]["login"]), answer.headers.get("x-oauth-scopes")


def counted(repositories: Iterable[Repository]) -> Iterator[Access]:
    """Yield how many repositories of each owner are seen."""
    owners: dict[str, list[Repository]] = {}
    for one in repositories:
        owners.setdefault(one.full_name.partition("/")[0], []).append(one)
    for owner, found in owners.items():
        archived = sum(one.is_archived for one in found)
        said = f"{len(found)} repositories are seen" if len(found) > 1 else "1 repository is seen"
        yield Access(owner, f"{said}, {archived} archived" if archived else said)


def probed(client: Client, repository: Repository) -> Iterator[Access]:
    """Yield what can be read of one repository, kind by kind."""
    name = repository.full_name
    owner = named(repository)["owner"]

    def read(answer: Answer) -> None:
        if answer.errors:
            raise client.refused(answer.errors, name)
        check(answer.data["repository"]["databaseId"], repository)

    for kind, document in queries.PROBES.items():
        try:
            client.graphql(document, named(repository), f"{kind} of {name}", owner, read)
        except SourceError as error:
            yield Access(f"{kind} of {name}", str(error), "mend")
        else:
            yield Access(f"{kind} of {name}", "can be read")
    path = f"/repos/{name}/actions/runs"
    try:
        client.rest(path, {"per_page": 1}, f"{ACTIONS} of {name}", owner, lambda answer: None)
    except SourceError as error:
        yield Access(f"{ACTIONS} of {name}", str(error), "mend")
    else:
        yield Access(f"{ACTIONS} of {name}", "can be read")
