"""A GitHub on this machine: an Enterprise Server's addresses, a scripted clock, real git.

    with FakeGitHub("2025-03-03 09:00") as github:
        shop = github.repository("acme/shop")
        pull = shop.pull("Baskets", commits=["2025-03-02 15:00"])
        github.at("2025-03-04 10:00")
        pull.review("approved", by="bo")
        pull.merge("squash")
        deployment = shop.deploy("production", "in_progress")
        github.at("2025-03-04 10:05")
        deployment.status("success")

Everything happens at ``github.now``. Bots are logins that end in ``[bot]``.
"""

import base64
import hashlib
import json
import re
import shutil
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.hosts import (  # noqa: F401 - the routes are kept by github_rest
    git_backend,
    github_graphql,
    github_rest,
    github_routes,
    github_routes_delivery,
)
from tests.hosts.github_apps import app_answer
from tests.hosts.github_json import Shown
from tests.hosts.github_quota import Quota
from tests.hosts.github_repository import Repository
from tests.hosts.github_state import State, Token, may_see, moment
from tests.hosts.serving import Answer, Call, Request, Server

TOKEN = "fake-token"
GIT = re.compile(
    r"/(?P<full>[^/]+/[^/]+?)(?:\.git)?(?P<rest>/(?:info/refs|git-upload-pack|HEAD|objects/.*))"
)


class FakeGitHub:
    """A made-up GitHub served on 127.0.0.1; close it, or use it as a context manager.

    ``url`` is what ``url:`` of a configured source would be; ``api_url`` and ``graphql_url`` are
    the Enterprise layout below it, and the paths of github.com's API answer too. ``token`` sees
    everything; ``tokens`` are all that there are. ``calls`` are the requests so far (clear it to
    begin a count). ``before`` is called with each request before it is answered, so that a test
    can change things in the middle of a listing. ``sleep`` moves the clock instead of waiting.
    """

    token = TOKEN

    def __init__(
        self,
        now: str | datetime = "2025-03-03 09:00",
        *,
        state: State | None = None,
        is_newest: bool = True,
    ):
        self.state = state or State(moment(now))
        self.state.tokens.setdefault(TOKEN, Token())
        self.is_newest = is_newest
        self.quota = Quota(self.state)
        self.calls: list[Call] = []
        self.before: Callable[[Request], Any] | None = None
        self.skew = timedelta()
        self.lock = threading.RLock()
        self.folder = Path(tempfile.mkdtemp(prefix="github-"))
        self.server = Server(self.serve)
        self.url = self.server.url
        self.port = self.server.server_address[1]
        self.api_url, self.graphql_url = f"{self.url}/api/v3", f"{self.url}/api/graphql"

    def __enter__(self) -> "FakeGitHub":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and remove the repositories from disk."""
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def now(self) -> datetime:
        """Return what the clock says."""
        return self.state.now

    @now.setter
    def now(self, told: str | datetime) -> None:
        self.state.now = moment(told)

    def at(self, told: str | datetime) -> "FakeGitHub":
        """Move the clock."""
        self.now = told
        return self

    def clock(self) -> datetime:
        """Return what the clock says, for those that want a function."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock by as much as a client would wait."""
        with self.lock:
            self.state.now += timedelta(seconds=seconds)

    @property
    def tokens(self) -> dict[str, Token]:
        """Return what each token may do; add to it, or change one."""
        return self.state.tokens

    def repository(self, full_name: str, **fields: Any) -> Repository:
        """Return a repository, made where there is none (owner: an organisation)."""
        return self.state.repository(full_name, **fields)

    def count(self, operation: str = "", path: str = "") -> int:
        """Return how many calls there were, of a GraphQL operation or to a path (a pattern)."""
        return sum(
            (not operation or call.operation == operation)
            and (not path or re.search(path, call.path) is not None)
            for call in self.calls
        )

    def serve(self, request: Request) -> Answer:
        """Answer a request and keep count."""
        if self.before:
            self.before(request)
        with self.lock:
            answer = self.answer(request)
        told = operation(request)
        self.calls.append(Call(request.method, request.path, told, answer.status))
        dated = {"Date": format_datetime(self.now + self.skew, usegmt=True), "Server": "github.com"}
        answer.headers = {
            **dated,
            "X-GitHub-Request-Id": f"{len(self.calls):04X}",
            **answer.headers,
        }
        return answer

    def answer(self, request: Request) -> Answer:
        """Answer git, GraphQL or REST."""
        if found := GIT.fullmatch(request.path):
            return self.git(request, found["full"], found["rest"])
        path = request.path.removeprefix("/api/v3").rstrip("/") or "/"
        if path == "/api/graphql":
            path = "/graphql"
        shown = Shown(self.state, self.url, request_root(request, self.url))
        if found := app_answer(self.state, request, path, shown):
            return found
        token = self.who(request)
        if token is None:
            return Answer(401, {"message": "Bad credentials", "status": "401"})
        resource = "graphql" if path == "/graphql" else "core"
        if path == "/rate_limit":
            return Answer(200, self.quota.overview(token), self.quota.headers(token, "core"))
        if self.quota.is_spent(token, resource):
            return self.quota.refusal(token, resource)
        if path == "/graphql":
            return self.graphql(request, token)
        answer = github_rest.answer(github_rest.Asked(request, path, token, self.state, shown))
        return self.conditional(request, token, answer)

    def who(self, request: Request) -> Token | None:
        """Return the token that a request carries; null where it is none of ours."""
        kind, _, told = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            told = base64.b64decode(told).decode().rpartition(":")[2]
        token = self.tokens.get(told)
        return None if token is None or token.is_revoked else token

    def graphql(self, request: Request, token: Token) -> Answer:
        """Answer GraphQL; errors come with 200, as GitHub's do."""
        told = json.loads(request.body)
        quota = self.quota.told(token, "graphql")
        context = github_graphql.Context(self.state, token, self.url, quota)
        body = github_graphql.ask(context, told, is_newest=self.is_newest)
        self.quota.spend(token, "graphql", quota.get("cost", 1))
        return Answer(200, body, {**self.headers(token, "graphql"), **JSON})

    def conditional(self, request: Request, token: Token, answer: Answer) -> Answer:
        """Add the ETag; an answer that the client has already costs nothing."""
        if answer.status != 200:
            self.quota.spend(token, "core")
            answer.headers = {**self.headers(token, "core"), **JSON, **answer.headers}
            return answer
        tag = f'W/"{hashlib.sha256(answer.content()).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(304, None, {**self.headers(token, "core"), "ETag": tag})
        self.quota.spend(token, "core")
        answer.headers = {**self.headers(token, "core"), **JSON, "ETag": tag, **answer.headers}
        return answer

    def headers(self, token: Token, resource: str) -> dict[str, str]:
        """Return the headers of quota and scopes."""
        told = self.quota.headers(token, resource)
        if token.scopes is not None:
            told |= {"X-OAuth-Scopes": ", ".join(token.scopes), "X-Accepted-OAuth-Scopes": "repo"}
        return told

    def git(self, request: Request, full: str, rest: str) -> Answer:
        """Answer git; without a good token it is asked for one."""
        token = self.who(request)
        if token is None:
            challenge = {"WWW-Authenticate": 'Basic realm="GitHub"'}
            return Answer(401, b"Invalid username or password.\n", challenge)
        repository = self.state.find(full, is_following=True)
        if not repository or not may_see(token, repository):
            return Answer(404, b"Repository not found.\n")
        if repository.full_name.lower() != full.lower():
            query = request.target.partition("?")[2]
            root = request_root(request, self.url).removesuffix("/api/v3")
            to = f"{root}/{repository.full_name}.git{rest}" + (f"?{query}" if query else "")
            return Answer(301, b"", {"Location": to})
        folder = self.folder / str(repository.database_id)
        repository.objects.write(folder, repository.default_branch)
        return git_backend.serve(folder, rest, request)


JSON = {"Content-Type": "application/json; charset=utf-8"}


def request_root(request: Request, url: str) -> str:
    """Return the address below which this client finds the REST API."""
    # Behind a proxy the client's own address is the one to lead it on by.
    host = request.headers.get("x-forwarded-host")
    root = f"http://{host}" if host else url
    return f"{root}/api/v3" if request.path.startswith("/api/v3") else root


def operation(request: Request) -> str:
    """Return the name of a GraphQL request's operation."""
    if request.method != "POST" or not request.path.endswith("graphql"):
        return ""
    try:
        told = json.loads(request.body)
    except ValueError:
        return ""
    found = re.search(r"\b(?:query|mutation)\s+(\w+)", told.get("query") or "")
    return told.get("operationName") or (found[1] if found else "")
