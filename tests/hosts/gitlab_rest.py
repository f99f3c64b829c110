"""The REST API of the made-up GitLab."""

from collections.abc import Iterable
from urllib.parse import unquote, urlencode, urlsplit

from tests.hosts.gitlab_state import Body, Project, State, moment
from tests.hosts.serving import Answer, Request

FEATURES = {
    "merge_requests": "merge_requests_access_level",
    "deployments": "environments_access_level",
    "environments": "environments_access_level",
    "issues": "issues_access_level",
    "releases": "releases_access_level",
    "pipelines": "builds_access_level",
    "jobs": "builds_access_level",
}
LISTINGS = {
    "merge_requests": "merge_requests",
    "deployments": "deployments",
    "environments": "environments",
    "issues": "issues",
    "releases": "releases",
    "pipelines": "pipelines",
}
MOST_OFFSET = 50_000
MAINTAINER = 40


def answer(state: State, request: Request, *, counts: bool = True) -> Answer:
    """Answer a request for what is below `/api/v4`."""
    parts = urlsplit(request.target).path.partition("/api/v4/")[2].split("/")
    kind, key, rest = parts[0], unquote(parts[1]) if len(parts) > 1 else "", "/".join(parts[2:])
    if kind == "version":
        return Answer(200, {"version": "17.5.1-ee"})
    if kind in ("groups", "users") and rest == "projects":
        return members(state, kind, key, request, counts=counts)
    if kind != "projects":
        return missing(kind)
    project = state.found(key)
    if project is None:
        moved = state.moved(key)
        if moved is None:
            return missing("Project")
        there = f"{state.url}/api/v4/projects/{moved.id}"
        return Answer(301, {"message": f"moved permanently to {there}"}, {"Location": there})
    return Answer(200, shown(project)) if not rest else inside(project, rest, request, counts)


def missing(what: str) -> Answer:
    """Return that there is no such thing."""
    return Answer(404, {"message": f"404 {what.title()} Not Found"})


def shown(project: Project) -> Body:
    """Return a project as REST tells it."""
    levels = {name: "disabled" if name in project.off else "enabled" for name in FEATURES.values()}
    forked = {"forked_from_project": {"id": 1}} if project.forked_from else {}
    return {
        "id": project.id, "path_with_namespace": project.path, "web_url": project.url,
        "default_branch": project.default_branch, "archived": project.archived,
        "empty_repo": project.default_branch is None, "created_at": project.created_at,
        "last_activity_at": project.last_activity_at,
        "marked_for_deletion_on": project.marked_for_deletion_on,
        "visibility": project.visibility,
        "permissions": {"project_access": {"access_level": project.role}, "group_access": None},
        **levels, **forked,
    }  # fmt: skip


def members(state: State, kind: str, key: str, request: Request, *, counts: bool) -> Answer:
    """List the projects of a group or a user, with those of its subgroups where asked for."""
    name = key.lower()
    inside_it = [one for one in state.projects if one.path.lower().startswith(f"{name}/")]
    if not inside_it or (key in state.users) != (kind == "users"):
        return missing(kind)
    if request.query.get("include_subgroups") != "true":
        inside_it = [one for one in inside_it if one.path.count("/") == key.count("/") + 1]
    bodies = [shown(one) for one in sorted(inside_it, key=lambda one: one.id)]
    return paged(bodies, request, counts=counts)


def inside(project: Project, rest: str, request: Request, counts: bool) -> Answer:
    """List what a project has."""
    if FEATURES.get(rest) in project.off:
        return Answer(403, {"message": "403 Forbidden"})
    if rest == "jobs":
        jobs = [job for one in project.pipelines for job in one["_jobs"]]
        return paged(jobs[::-1], request, counts=counts)
    if rest == "repository/tags":
        return paged([{"name": name} for name in project.tags[::-1]], request, counts=counts)
    if rest == "repository/branches":
        branch = {"name": project.default_branch, "default": True}
        return paged([branch] if project.default_branch else [], request, counts=counts)
    if rest == "protected_environments":
        if project.protected_environments is None:
            return missing(rest)
        if project.role < MAINTAINER:
            return Answer(403, {"message": "403 Forbidden"})
        return paged(project.protected_environments, request, counts=counts)
    if rest not in LISTINGS:
        return missing(rest)
    found = narrowed(getattr(project, LISTINGS[rest]), request.query)
    return paged(ordered(found, rest, request.query), request, counts=counts)


def narrowed(found: Iterable[Body], query: dict[str, str]) -> list[Body]:
    """Keep what changed in the time asked for; both ends belong to it."""
    kept = [(one, moment(at) if (at := one.get("updated_at")) else None) for one in found]
    if after := query.get("updated_after"):
        kept = [(one, at) for one, at in kept if at and at >= moment(after)]
    if before := query.get("updated_before"):
        kept = [(one, at) for one, at in kept if at and at <= moment(before)]
    return [one for one, _ in kept]


def ordered(found: list[Body], what: str, query: dict[str, str]) -> list[Body]:
    """Sort as asked for; ties by id, newest first. Nulls come first, as in PostgreSQL."""
    default = {"releases": "released_at", "environments": "id"}.get(what, "id")
    by = query.get("order_by", default)
    found = sorted(found, key=lambda one: one.get("id") or 0, reverse=True)
    none_first = sorted(found, key=lambda one: one.get(by) or "~", reverse=True)
    return none_first if query.get("sort", "desc") == "desc" else none_first[::-1]


def paged(bodies: list[Body], request: Request, *, counts: bool = True) -> Answer:
    """Return one page, with the headers that tell of the others."""
    page, size = int(request.query.get("page", 1)), int(request.query.get("per_page", 20))
    if page * size > MOST_OFFSET:
        words = "Offset pagination has a maximum allowed offset of 50000"
        return Answer(405, {"error": words})
    start = (page - 1) * min(size, 100)
    shown_now = bodies[start : start + min(size, 100)]
    is_more = start + len(shown_now) < len(bodies) and bool(shown_now)
    headers = {"X-Page": str(page), "X-Next-Page": str(page + 1) if is_more else ""}
    if counts and len(bodies) <= 10_000:
        headers["X-Total"] = str(len(bodies))
    if is_more:
        path = urlsplit(request.target).path
        following = urlencode({**request.query, "page": page + 1})
        host = request.headers.get("host", "")
        headers["Link"] = f'<http://{host}{path}?{following}>; rel="next"'
    return Answer(200, [public(body) for body in shown_now], headers)


def public(body: Body) -> Body:
    """Return a body without what REST does not tell in its lists."""
    hidden = {name for name in body if name.startswith("_")} - {"_links"}
    return {name: value for name, value in body.items() if name not in hidden}
