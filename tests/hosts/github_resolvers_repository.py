"""Answers the GraphQL fields of a repository of the made-up GitHub: its lists and objects."""

from typing import Any

from graphql import GraphQLResolveInfo

from tests.hosts.github_answers import answers, ordered
from tests.hosts.github_paging import Page, Refused, connect
from tests.hosts.github_views import Named, RefView, file, git_object


@answers("Repository.pullRequests")
def pull_requests(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    found = [
        one
        for one in source.pulls.values()
        if matches(one, told)
        and told.get("baseRefName") in (None, one.base_ref_name)
        and told.get("headRefName") in (None, one.head_ref_name)
    ]
    return ordered("pullRequests", found, told, "CREATED_AT")


@answers("Repository.issues")
def issues(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    asked = told.get("filterBy") or {}
    since = asked.get("since")
    found = [
        one
        for one in source.issues.values()
        if matches(one, told)
        and matches(one, asked)
        and (since is None or one.updated_at >= since)
        and asked.get("type") in (None, one.type)
    ]
    return ordered("issues", found, told, "CREATED_AT")


def matches(thing: Any, told: dict[str, Any]) -> bool:
    """Return whether a pull request or issue has one of the states and any of the labels."""
    labels = told.get("labels")
    has_label = labels is None or any(label in thing.labels for label in labels)
    return has_label and (not told.get("states") or thing.state in told["states"])


@answers("Repository.pullRequest")
def pull_request(source: Any, info: GraphQLResolveInfo, number: int) -> Any:
    if number not in source.pulls:
        words = f"Could not resolve to a PullRequest with the number of {number}."
        raise Refused("NOT_FOUND", words)
    return source.pulls[number]


@answers("Repository.issue")
def issue(source: Any, info: GraphQLResolveInfo, number: int) -> Any:
    if number not in source.issues:
        raise Refused("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    return source.issues[number]


@answers("Repository.deployments")
def deployments(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    wanted = told.get("environments")
    found = [one for one in source.deployments if not wanted or one.environment in wanted]
    return ordered("deployments", found, told, "CREATED_AT")


@answers("Repository.branchProtectionRules")
def protections(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    found = [*source.protections.values()] if info.context.token.is_administrator else []
    return connect("branchProtectionRules", found, told)


@answers("Repository.releases")
def releases(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    return ordered("releases", source.releases, told, "CREATED_AT")


@answers("Repository.release")
def release(source: Any, info: GraphQLResolveInfo, tagName: str) -> Any:  # noqa: N803
    return next((one for one in source.releases if one.tag_name == tagName), None)


@answers("Repository.latestRelease")
def latest_release(source: Any, info: GraphQLResolveInfo) -> Any:
    return source.latest_release()


@answers("Repository.environments")
def environments(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    found = [Named("Environment", source, name) for name in sorted(source.environments)]
    return connect("environments", found, told)


@answers("Repository.labels")
def repository_labels(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    things = [*source.pulls.values(), *source.issues.values()]
    names = sorted({label for thing in things for label in thing.labels})
    return connect("labels", [Named("Label", source, name) for name in names], told)


@answers("Repository.issueTypes")
def issue_types(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    names = sorted(
        {"Bug", "Feature", "Task"} | {one.type for one in source.issues.values()} - {None}
    )
    return connect("issueTypes", [Named("IssueType", source, name) for name in names], told)


@answers("Repository.refs")
def refs(source: Any, info: GraphQLResolveInfo, refPrefix: str, **told: Any) -> Page:  # noqa: N803
    found = [
        RefView(source, full, sha)
        for full, sha in sorted(source.objects.refs.items())
        if full.startswith(refPrefix) and (told.get("query") or "") in full
    ]
    order = told.get("orderBy") or {}
    if order.get("field") == "TAG_COMMIT_DATE":
        found.sort(key=lambda one: source.commit_of(one.sha).committed_date)
    return connect("refs", found[::-1] if order.get("direction") == "DESC" else found, told)


@answers("Repository.ref")
def ref(source: Any, info: GraphQLResolveInfo, qualifiedName: str) -> Any:  # noqa: N803
    names = (qualifiedName, f"refs/heads/{qualifiedName}", f"refs/tags/{qualifiedName}")
    known = source.objects.refs
    return next((RefView(source, name, known[name]) for name in names if name in known), None)


@answers("Repository.defaultBranchRef")
def default_branch_ref(source: Any, info: GraphQLResolveInfo) -> Any:
    return (
        RefView(source, f"refs/heads/{source.default_branch}", source.head) if source.head else None
    )


@answers("Repository.object")
def repository_object(
    source: Any, info: GraphQLResolveInfo, expression: str = "", oid: str = ""
) -> Any:
    revision, colon, path = (expression or oid).partition(":")
    if colon:
        return file(source, path)
    named = ref(source, info, revision)
    return git_object(
        source, named.sha if named else source.head if revision == "HEAD" else revision
    )
