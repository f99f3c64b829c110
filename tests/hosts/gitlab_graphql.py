"""The GraphQL of the made-up GitLab, executed by graphql-core over its state."""

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import graphql

from tests.hosts.gitlab_state import Body, Project, State, moment

SCHEMA = Path(__file__).parent / "gitlab.graphql"
MOST = 100
MAINTAINER = 40


@cache
def schema(*, is_old: bool) -> graphql.GraphQLSchema:
    """Return our part of GitLab's schema; old ones do not tell of forks."""
    text = SCHEMA.read_text()
    return graphql.build_schema(text.replace("  isForked: Boolean\n", "") if is_old else text)


def ask(state: State, told: Mapping[str, Any], *, is_old: bool = False) -> Body:
    """Return what GitLab answers to ``{"query": ..., "variables": ...}``."""
    document = graphql.parse(told.get("query") or "")
    if wrong := graphql.validate(schema(is_old=is_old), document):
        return {"errors": [{"message": one.message} for one in wrong]}
    found = graphql.execute_sync(
        schema(is_old=is_old),
        document,
        context_value=state,
        variable_values=dict(told.get("variables") or {}),
        field_resolver=resolve,
    )
    errors = [{"message": one.message} for one in found.errors or ()]
    return {"data": found.data, **({"errors": errors} if errors else {})}


def resolve(source: Any, info: graphql.GraphQLResolveInfo, **told: Any) -> Any:
    """Answer any field."""
    name = f"{info.parent_type.name}.{info.field_name}"
    if name in RESOLVERS:
        return RESOLVERS[name](source, info.context, **told)
    return source.get(info.field_name) if isinstance(source, dict) else None


def connection(nodes: list[Any], first: int | None = None, after: str | None = None) -> Body:
    """Return one page of a list; the cursor is the place."""
    start = int(base64.b64decode(after)) if after else 0
    end = start + min(first if first is not None else MOST, MOST)
    cursor = base64.b64encode(str(end).encode()).decode()
    info = {"hasNextPage": end < len(nodes), "endCursor": cursor}
    return {"nodes": nodes[start:end], "pageInfo": info}


def gid(kind: str, id_: object) -> str:
    """Return a global id."""
    return f"gid://gitlab/{kind}/{id_}"


def newest(found: list[Body], by: str) -> list[Body]:
    return sorted(found, key=lambda one: one[by] or "", reverse=True)


def project(_: Any, state: State, *, fullPath: str) -> Body | None:  # noqa: N803
    found = state.by_path(fullPath)
    return shown(found) if found else None


def projects(_: Any, state: State, *, ids: list[str], **pages: Any) -> Body:
    wanted = [state.found(one.rpartition("/")[2]) for one in ids]
    return connection([shown(one) for one in wanted if one], **pages)


def shown(found: Project) -> Body:
    return {
        "_": found, "id": gid("Project", found.id), "fullPath": found.path,
        "webUrl": found.url, "archived": found.archived, "createdAt": found.created_at,
        "lastActivityAt": found.last_activity_at,
        "isForked": found.forked_from is not None,
        "repository": {"_": found, "rootRef": found.default_branch},
    }  # fmt: skip


def author(state: State, name: str) -> Body:
    return {"username": name, "bot": name in state.bots}


def merge_request(state: State, body: Body) -> Body:
    return {
        "_": body, "iid": str(body["iid"]), "updatedAt": body["updated_at"],
        "commitCount": len(body["_commits"]), "author": author(state, body["author"]["username"]),
    }  # fmt: skip


def merge_requests(source: Body, state: State, **told: Any) -> Body | None:
    if "merge_requests_access_level" in source["_"].off:
        return None
    iids, _ = told.pop("iids", None), told.pop("sort", None)
    found = newest(source["_"].merge_requests, "updated_at")
    if iids is not None:
        found = [one for one in found if str(one["iid"]) in iids]
    return connection([merge_request(state, one) for one in found], **told)


def one_merge_request(source: Body, state: State, *, iid: str) -> Body | None:
    found = [one for one in source["_"].merge_requests if str(one["iid"]) == iid]
    return merge_request(state, found[0]) if found else None


def issues(source: Body, _: State, **told: Any) -> Body:
    iids, _sort = told.pop("iids", None), told.pop("sort", None)
    found = newest(source["_"].issues, "updated_at")
    if iids is not None:
        found = [one for one in found if str(one["iid"]) in iids]
    nodes = [{"_": b, "iid": str(b["iid"]), "updatedAt": b["updated_at"]} for b in found]
    return connection(nodes, **told)


def releases(source: Body, _: State, *, sort: str = "RELEASED_AT_DESC", **told: Any) -> Body:
    by = "created_at" if sort.startswith("CREATED") else "released_at"
    found = newest(source["_"].releases, by)
    nodes = [{"tagName": one["tag_name"], "createdAt": one["created_at"]} for one in found]
    return connection(nodes, **told)


def pipelines(source: Body, state: State, **told: Any) -> Body:
    after, before = told.pop("updatedAfter", None), told.pop("updatedBefore", None)
    found = sorted(source["_"].pipelines, key=lambda one: -one["id"])
    times = [(one, moment(one["updated_at"])) for one in found if one["updated_at"]]
    kept = [one for one, at in times if is_between(at, after, before)]
    return connection([pipeline(state, one) for one in kept], **told)


def is_between(at: datetime, after: str | None, before: str | None) -> bool:
    return (not after or at >= moment(after)) and (not before or at <= moment(before))


def one_pipeline(source: Body, state: State, *, iid: str) -> Body | None:
    found = [one for one in source["_"].pipelines if str(one["iid"]) == str(iid)]
    return pipeline(state, found[0]) if found else None


def pipeline(state: State, body: Body) -> Body:
    ends = [job["finished_at"] for job in body["_jobs"] if job["finished_at"]]
    starts = [job["started_at"] for job in body["_jobs"] if job["started_at"]]
    return {
        "_": body, "id": gid("Ci::Pipeline", body["id"]), "iid": str(body["iid"]),
        "startedAt": min(starts, default=None), "finishedAt": max(ends, default=None),
        "user": author(state, body["_user"]),
    }  # fmt: skip


def jobs(source: Body, _: State, **told: Any) -> Body:
    nodes = [
        {
            "id": gid("Ci::Build", job["id"]), "name": job["name"],
            "status": job["status"].upper(), "createdAt": job["created_at"],
            "startedAt": job["started_at"], "finishedAt": job["finished_at"],
        }
        for job in source["_"]["_jobs"]
    ]  # fmt: skip
    return connection(nodes, **told)


def blobs(source: Body, _: State, *, paths: list[str]) -> Body:
    files = source["_"].files
    return connection([{"path": p, "rawTextBlob": files[p]} for p in paths if p in files])


def tree(source: Body, _: State) -> Body:
    folders = sorted({path.split("/")[0] for path in source["_"].files if "/" in path})
    return {"trees": connection([{"path": folder} for folder in folders])}


def settings(name: str) -> Any:
    """Return a resolver of what takes the role Maintainer; others get nothing, and no error."""

    def resolved(source: Body, _: State, **told: Any) -> Body | None:
        if source["_"].role < MAINTAINER:
            return None
        return connection(getattr(source["_"], name), **told)

    return resolved


RESOLVERS = {
    "Query.project": project,
    "Query.projects": projects,
    "Project.mergeRequests": merge_requests,
    "Project.mergeRequest": one_merge_request,
    "Project.issues": issues,
    "Project.releases": releases,
    "Project.pipelines": pipelines,
    "Project.pipeline": one_pipeline,
    "Project.branchRules": settings("branch_rules"),
    "Project.ciVariables": settings("variables"),
    "Repository.blobs": blobs,
    "Repository.tree": tree,
    "MergeRequest.commits": lambda s, _, **told: connection(s["_"]["_commits"], **told),
    "MergeRequest.notes": lambda s, _, **told: connection(s["_"].get("_notes", []), **told),
    "Issue.notes": lambda s, _, **told: connection(s["_"].get("_notes", []), **told),
    "Pipeline.jobs": jobs,
}
