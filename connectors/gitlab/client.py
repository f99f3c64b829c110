"""Calls to one GitLab, REST and GraphQL, through python-gitlab; errors become what to do next."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import gitlab
import requests

from connectors.errors import SourceUnavailable
from connectors.gitlab.answers import OneHost, Reply, is_hollow, messages, number, said_at
from connectors.gitlab.judging import Broken, GraphQLRefused, Refused, judge, seconds_from
from connectors.hosts.asking import Asker

TIMEOUT: Final = 60.0
REST: Final = "rest"
GRAPHQL: Final = "graphql"


@dataclass(slots=True)
class Client:
    """Asks one GitLab, from any thread: each call borrows a connection of its own."""

    url: str
    asker: Asker
    token: str | None = field(default=None, repr=False)
    job_token: str | None = field(default=None, repr=False)
    ca: Path | None = None
    _idle: deque[gitlab.Gitlab] = field(default_factory=deque, init=False, repr=False)

    def get(self, path: str, what: str, **query: Any) -> Reply:
        """Return one REST answer; ``path`` begins behind `/api/v4`."""
        return self.asker.ask(lambda: self._reply("get", path, query), what, REST)

    def rows(self, path: str, what: str, **query: Any) -> Reply:
        """Return one REST answer that must be a list of objects."""

        def call() -> Reply:
            reply = self._reply("get", path, query)
            if not isinstance(reply.body, list) or not all(isinstance(r, dict) for r in reply.body):
                raise Broken("it sent no list")
            if reply.is_more and not reply.body:
                raise Broken("it says that there is more, and sends nothing")
            if reply.headers.get("X-Page", "") not in ("", str(query.get("page", 1))):
                raise Broken("it sent another page than was asked for")
            return reply

        return self.asker.ask(call, what, REST)

    def graphql(self, document: str, what: str, **variables: Any) -> dict[str, Any]:
        """Return the data of one GraphQL answer."""

        def call() -> dict[str, Any]:
            body = {"query": document, "variables": variables}
            reply = self._reply("post", f"{self.url}/api/graphql", {}, body).body
            if not isinstance(reply, dict):
                raise Broken("it sent no object")
            if reply.get("errors") or not isinstance(reply.get("data"), dict):
                raise GraphQLRefused(messages(reply.get("errors")))
            if is_hollow(reply["data"]):
                raise Broken("it says that there is more, and sends nothing")
            return dict(reply["data"])

        return self.asker.ask(call, what, GRAPHQL)

    def project(self, repository: Any, document: str, what: str, **variables: Any) -> Any:
        """Return the project that a GraphQL document asks for, which is the one that was meant."""
        found = self.graphql(document, what, path=repository.full_name, **variables)["project"]
        if found is None or number(found["id"]) != repository.id:
            raise SourceUnavailable(
                f"{self.asker.name}, {what}: the project has moved or gone while it was read, or "
                "the token may not see it any more; the next refresh looks again"
            )
        return found

    def _reply(
        self, verb: str, path: str, query: Mapping[str, Any], body: dict[str, Any] | None = None
    ) -> Reply:
        response = self._sent(verb, path, query, body)
        try:
            content = response.json()
        except ValueError as error:
            raise Broken("it sent something that is no JSON") from error
        is_more = "next" in response.links or bool(response.headers.get("X-Next-Page"))
        return Reply(content, response.headers, said_at(response.headers), is_more)

    def _sent(
        self, verb: str, path: str, query: Mapping[str, Any], body: dict[str, Any] | None
    ) -> requests.Response:
        client = self._borrowed()
        session = client.session
        assert isinstance(session, OneHost)
        try:
            return client.http_request(
                verb,
                path,
                query_data=dict(query),
                post_data=body,
                obey_rate_limit=False,
                retry_transient_errors=False,
            )
        except gitlab.exceptions.GitlabError as error:
            headers = session.answered.headers if session.answered is not None else {}
            text = self._masked(str(error.error_message))
            raise Refused(error.response_code or 0, text, dict(headers)) from None
        finally:
            if session.answered is not None:
                self._note(GRAPHQL if body else REST, session.answered.headers)
            self._idle.append(client)

    def _borrowed(self) -> gitlab.Gitlab:
        try:
            return self._idle.pop()
        except IndexError:
            return gitlab.Gitlab(
                self.url,
                private_token=self.token,
                job_token=self.job_token,
                ssl_verify=str(self.ca) if self.ca else True,
                timeout=TIMEOUT,
                session=OneHost(),
            )

    def _note(self, budget: str, headers: Mapping[str, str]) -> None:
        """Remember the quota; its end is compared with GitLab's own clock."""
        limit, remaining = headers.get("RateLimit-Limit"), headers.get("RateLimit-Remaining")
        if limit and remaining and limit.isdigit() and remaining.isdigit():
            self.asker.note(budget, int(limit), int(remaining), seconds_from(headers) or 60.0)

    def _masked(self, text: str) -> str:
        for secret in (self.token, self.job_token):
            text = text.replace(secret, "***") if secret else text
        return text


def connected(
    url: str, name: str, token: str | None, job_token: str | None, ca: Path | None, **asking: Any
) -> Client:
    """Return a client that waits and gives up as ``asking`` says."""
    return Client(url, Asker(name, judge, **asking), token, job_token, ca)
