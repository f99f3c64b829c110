"""REST routes of the made-up GitHub: accounts, repositories, pull requests, issues, files."""

import base64
from typing import Any

from tests.hosts.github_repository import Repository
from tests.hosts.github_rest import Asked, answer, missing, route
from tests.hosts.github_state import may_see
from tests.hosts.github_views import file
from tests.hosts.serving import Answer


@route("/repositories/{id}(?P<rest>/.*)?")
def by_id(asked: Asked, id: str, rest: str | None) -> Answer:
    found = asked.state.repositories.get(int(id))
    if not found or not may_see(asked.token, found):
        return missing()
    path = f"/repos/{found.full_name}{rest or ''}"
    return answer(Asked(asked.request, path, asked.token, asked.state, asked.shown))


@route("/user")
def user(asked: Asked) -> Answer:
    if asked.token.is_installation:
        return Answer(403, {"message": "Resource not accessible by integration"})
    return Answer(200, asked.shown.account(asked.token.login))


@route("/(?:users|orgs)/{org}")
def account(asked: Asked, org: str) -> Answer:
    return Answer(200, asked.shown.account(org)) if org in asked.state.accounts else missing()


@route("/(?:users|orgs)/{org}/repos")
def repositories(asked: Asked, org: str) -> Answer:
    found = [one for one in asked.state.visible(asked.token) if one.full_name.startswith(f"{org}/")]
    return asked.page(found, asked.shown.repository) if org in asked.state.accounts else missing()


@route("/user/repos")
def own_repositories(asked: Asked) -> Answer:
    return asked.page(asked.state.visible(asked.token), asked.shown.repository)


@route("/installation/repositories")
def installed(asked: Asked) -> Answer:
    return asked.page(asked.state.visible(asked.token), asked.shown.repository, "repositories")


@route("/repos/{owner}/{name}")
def repository(asked: Asked, one: Repository) -> Answer:
    return Answer(200, asked.shown.repository(one))


@route("/repos/{owner}/{name}/pulls", "pull_requests")
def pulls(asked: Asked, one: Repository) -> Answer:
    return asked.page(listed(asked, [*one.pulls.values()]), asked.shown.pull)


@route("/repos/{owner}/{name}/issues", "issues")
def issues(asked: Asked, one: Repository) -> Answer:
    """GitHub lists pull requests among issues; labels are all wanted here, any in GraphQL."""
    query = asked.request.query
    labels = set(filter(None, query.get("labels", "").split(",")))
    found = [each for each in one.issues.values() if labels <= {*each.labels}]
    return asked.page(listed(asked, found), asked.shown.issue)


@route("/repos/{owner}/{name}/pulls/{number}", "pull_requests")
def pull(asked: Asked, one: Repository, number: str) -> Answer:
    found = one.pulls.get(int(number))
    return Answer(200, asked.shown.pull(found)) if found else missing()


@route("/repos/{owner}/{name}/pulls/{number}/commits", "pull_requests")
def pull_commits(asked: Asked, one: Repository, number: str) -> Answer:
    found = one.pulls.get(int(number))
    show = lambda oid: asked.shown.commit_of(one, oid)  # noqa: E731
    return asked.page(found.commit_oids[:250], show) if found else missing()


@route("/repos/{owner}/{name}/pulls/{number}/reviews", "pull_requests")
def reviews(asked: Asked, one: Repository, number: str) -> Answer:
    found = one.pulls.get(int(number))
    return asked.page(found.reviews, asked.shown.review) if found else missing()


@route("/repos/{owner}/{name}/issues/{number}", "issues")
def issue(asked: Asked, one: Repository, number: str) -> Answer:
    found = one.issues.get(int(number))
    return Answer(200, asked.shown.issue(found)) if found else missing()


@route("/repos/{owner}/{name}/tags", "contents")
def tags(asked: Asked, one: Repository) -> Answer:
    names = [
        ref.removeprefix("refs/tags/") for ref in one.objects.refs if ref.startswith("refs/tags/")
    ]
    found = [{"name": name, "commit": {"sha": one.commit_tagged(name)}} for name in sorted(names)]
    return asked.page(found[::-1], dict)


@route("/repos/{owner}/{name}/labels", "issues")
def labels(asked: Asked, one: Repository) -> Answer:
    things = [*one.pulls.values(), *one.issues.values()]
    names = sorted({label for thing in things for label in thing.labels})
    return asked.page([{"name": name} for name in names], dict)


@route("/repos/{owner}/{name}/commits/{sha}", "contents")
def commit(asked: Asked, one: Repository, sha: str) -> Answer:
    known = one.commit_of(one.objects.refs.get(f"refs/heads/{sha}", sha))
    return Answer(200, asked.shown.commit_of(one, known.oid)) if known else missing()


@route("/repos/{owner}/{name}/contents/{path}", "contents")
def contents(asked: Asked, one: Repository, path: str) -> Answer:
    found = file(one, path)
    if not found or found.text is None:
        return missing()
    told = base64.b64encode(found.text.encode()).decode()
    return Answer(200, {"path": path, "type": "file", "encoding": "base64", "content": told})


def listed(asked: Asked, found: list[Any]) -> list[Any]:
    """Return pull requests or issues in the state and order asked for."""
    query = asked.request.query
    states = {"open": {"OPEN"}, "closed": {"CLOSED", "MERGED"}}.get(query.get("state", "open"))
    key = "updated_at" if query.get("sort") == "updated" else "created_at"
    kept = [
        one
        for one in found
        if (states is None or one.state in states)
        and (asked.shown.at(one.updated_at) or "") >= query.get("since", "")
    ]
    is_descending = query.get("direction", "desc") == "desc"
    return sorted(kept, key=lambda one: (getattr(one, key), one.number), reverse=is_descending)
