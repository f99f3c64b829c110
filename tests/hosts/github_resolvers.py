"""Answers the GraphQL fields of queries and owners of the made-up GitHub."""

from typing import Any

from graphql import GraphQLResolveInfo

from tests.hosts.github_answers import answers, ordered
from tests.hosts.github_paging import Page, Refused
from tests.hosts.github_state import may_see


@answers("Query.repository", "Organization.repository", "User.repository")
def repository(
    source: Any, info: GraphQLResolveInfo, name: str, owner: str = "", **told: Any
) -> Any:
    full = f"{owner or source.login}/{name}"
    found = info.context.state.find(full, is_following=told.get("followRenames", True))
    info.context.check_saml(full.split("/")[0])
    if not found or not may_see(info.context.token, found):
        raise Refused("NOT_FOUND", f"Could not resolve to a Repository with the name '{full}'.")
    return found


@answers("Query.organization", "Query.user", "Query.repositoryOwner")
def account(_: Any, info: GraphQLResolveInfo, login: str) -> Any:
    wanted = {"organization": {"Organization"}, "user": {"User"}}.get(
        info.field_name, {"Organization", "User"}
    )
    info.context.check_saml(login)
    accounts = info.context.state.accounts
    found = next((one for name, one in accounts.items() if name.lower() == login.lower()), None)
    if found and found.kind in wanted:
        return found
    if info.field_name == "repositoryOwner":
        return None
    kind = "an Organization" if info.field_name == "organization" else "a User"
    raise Refused("NOT_FOUND", f"Could not resolve to {kind} with the login of '{login}'.")


@answers("Query.viewer")
def viewer(_: Any, info: GraphQLResolveInfo) -> Any:
    return info.context.state.account(info.context.token.login)


@answers("Query.node")
def node(_: Any, info: GraphQLResolveInfo, id: str) -> Any:
    found = info.context.state.nodes.get(id)
    of = getattr(found, "repository", found)
    is_hidden = hasattr(of, "full_name") and not may_see(info.context.token, of)
    if found is None or is_hidden or is_gone(found):
        raise Refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")
    return found


def is_gone(found: Any) -> bool:
    """Return whether a thing was removed from its repository."""
    if type(found).__name__ not in ("Release", "Deployment"):
        return False
    return found not in [*found.repository.releases, *found.repository.deployments]


@answers("Query.nodes")
def nodes(source: Any, info: GraphQLResolveInfo, ids: list[str]) -> list[Any]:
    if len(ids) > 100:
        words = f"You may not provide more than 100 node ids; you provided {len(ids)}."
        raise Refused("ARGUMENT_LIMIT", words)
    found = []
    for id in ids:
        try:
            found.append(node(source, info, id))
        except Refused as error:
            found.append(error)
    return found


@answers("Query.rateLimit")
def rate_limit(_: Any, info: GraphQLResolveInfo, **told: Any) -> dict[str, Any]:
    return info.context.rate_limit


@answers("Organization.repositories", "User.repositories", "RepositoryOwner.repositories")
def repositories(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    visible = [
        one
        for one in info.context.state.visible(info.context.token)
        if one.full_name.lower().startswith(f"{source.login.lower()}/")
        and told.get("isFork") in (None, one.is_fork)
        and told.get("isArchived") in (None, one.is_archived)
        and told.get("privacy") in (None, "PRIVATE" if one.is_private else "PUBLIC")
    ]
    return ordered("repositories", visible, told, "CREATED_AT")
