"""A made-up GitLab over HTTP: REST and GraphQL over a scripted state, tokens, a quota, a count.

with FakeGitLab() as gitlab:
    shop = gitlab.state.project("acme/shop")
    shop.merge(shop.merge_request("Add a till"))
    ...                                  # a client of gitlab.url with the token TOKEN
    assert len(gitlab.calls) == 4
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from tests.hosts import gitlab_graphql, gitlab_rest
from tests.hosts.gitlab_state import Project, State
from tests.hosts.serving import Answer, Call, Request, Server

TOKEN = "made-up-token"
JOB_TOKEN = "made-up-job-token"
JOB_PATHS = re.compile(
    r"/projects/[^/]+/(deployments|environments|releases|merge_requests|repository/branches)$"
)


@dataclass
class Token:
    """What a token may do."""

    scopes: tuple[str, ...] = ("read_api", "read_repository")
    expires_at: str | None = None
    is_revoked: bool = False

    @property
    def reads(self) -> bool:
        """Tell whether it opens the API."""
        return bool({"api", "read_api"} & set(self.scopes))


class FakeGitLab:
    """Serves a state; ``before`` may answer a request in GitLab's place."""

    def __init__(self, state: State | None = None):
        self.state = state or State()
        self.tokens = {TOKEN: Token()}
        self.job: Project | None = None
        self.calls: list[Call] = []
        self.before: Callable[[Request], Answer | None] = lambda request: None
        self.counts, self.is_old = True, False
        self.limit: tuple[int, int] | None = None
        self.too_many: int | None = None
        self.server = Server(self.serve)
        self.url = self.state.url = self.server.url

    def __enter__(self) -> "FakeGitLab":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()

    def clock(self) -> datetime:
        """Return the time of the state."""
        return self.state.now

    def serve(self, request: Request) -> Answer:
        """Answer a request and count it."""
        told = json.loads(request.body) if request.body else {}
        named = re.search(r"query (\w+)", str(told.get("query", "")))
        answer = self.before(request) or self.answer(request, told)
        operation = named[1] if named else ""
        self.calls.append(Call(request.method, request.path, operation, answer.status))
        headers = {"Date": format_datetime(self.state.now, usegmt=True)}
        headers |= {"Content-Type": "application/json", **self.quota(), **answer.headers}
        return Answer(answer.status, answer.body, headers, answer.send)

    def quota(self) -> dict[str, str]:
        """Return the headers of the quota, where there is one."""
        if self.limit is None:
            return {}
        limit, remaining = self.limit
        self.limit = (limit, max(0, remaining - 1))
        reset = str(int(self.state.now.timestamp()) + 30)
        return {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(remaining),
            "RateLimit-Reset": reset,
        }

    def answer(self, request: Request, told: dict[str, object]) -> Answer:
        """Answer whom it may concern."""
        is_graphql = request.path.endswith("/api/graphql")
        if "job-token" in request.headers:
            return self.to_job(request)
        token = self.tokens.get(request.headers.get("private-token", ""))
        if token is None or token.is_revoked or (is_graphql and not token.reads):
            body = {"errors": [{"message": "Invalid token"}]}
            return Answer(401, body if is_graphql else {"message": "401 Unauthorized"})
        if is_graphql:
            return self.graphql(told)
        if request.path.endswith("/personal_access_tokens/self") and token.scopes:
            return Answer(200, {"scopes": [*token.scopes], "expires_at": token.expires_at})
        if not token.reads:
            words = "The request requires higher privileges than provided by the access token."
            body = {
                "error": "insufficient_scope",
                "error_description": words,
                "scope": "api read_api",
            }
            return Answer(403, body)
        return gitlab_rest.answer(self.state, request, counts=self.counts)

    def graphql(self, told: dict[str, object]) -> Answer:
        """Answer GraphQL, unless it asks for more at once than this server manages in time."""
        variables = told.get("variables")
        first = variables.get("first") if isinstance(variables, dict) else None
        if self.too_many and "commits" in str(told["query"]) and (first or 0) > self.too_many:
            words = (
                "Request timed out. Please try a less complex query or a smaller set of records."
            )
            return Answer(503, {"errors": [{"message": words}]})
        return Answer(200, gitlab_graphql.ask(self.state, told, is_old=self.is_old))

    def to_job(self, request: Request) -> Answer:
        """Answer a job's token, which opens little."""
        if request.headers["job-token"] != JOB_TOKEN or self.job is None:
            return Answer(401, {"message": "401 Unauthorized"})
        if request.path.endswith("/api/v4/job"):
            place = {"project_id": self.job.id}
            return Answer(200, {"pipeline": place, "web_url": f"{self.job.url}/-/jobs/1"})
        if not JOB_PATHS.search(request.path):
            return Answer(401, {"message": "401 Unauthorized"})
        return gitlab_rest.answer(self.state, request, counts=self.counts)
