"""Asks GitHub: GraphQL and REST through PyGithub, each client used by one thread at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, LifoQueue
from typing import Any, TypeVar

import github
import requests
from github import GithubException
from github.Requester import Requester

from connectors.github.answering import (
    Answer,
    Headers,
    Size,
    asked_at,
    check_load,
    loaded,
    mapping,
)
from connectors.github.judging import seconds_left
from connectors.github.refusals import refusal
from connectors.github.signing import Signer, refused
from connectors.github.troubles import Broken, Stale, TooHeavy
from connectors.hosts.asking import Asker

T = TypeVar("T")
HEAVY = {502, 503, 504}


@dataclass(slots=True)
class Client:
    """Asks one host with patience; ``settings`` are those of PyGithub's clients."""

    host: str
    asker: Asker
    signer: Signer
    settings: Mapping[str, Any] = field(repr=False)
    _free: dict[str, LifoQueue[github.Github]] = field(default_factory=dict, repr=False)

    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any],
        what: str,
        owner: str,
        read: Callable[[Answer], T],
        size: Size | None = None,
    ) -> T:
        """Send a query and return what ``read`` makes of the answer.

        ``size`` is the variable ``first``, halved when the query is too much for GitHub.
        """

        def call() -> T:
            page = {"first": size.now} if size else {}
            body = {"query": document, "variables": {**variables, **page}}
            try:
                return self._read(self._graphql(owner, body), read)
            except (TooHeavy, requests.Timeout, GithubException) as error:
                if size and getattr(error, "status", 504) in HEAVY:
                    size.halve()
                raise

        return self.asker.ask(call, what, self._budget("graphql", owner))

    def rest(
        self,
        path: str,
        parameters: Mapping[str, Any],
        what: str,
        owner: str,
        read: Callable[[Answer], T],
        *,
        etag: str | None = None,
        missing: Collection[int] = (),
    ) -> T:
        """Get a path and return what ``read`` makes of the answer; ``missing`` are no errors."""

        def call() -> T:
            conditional = {"If-None-Match": etag} if etag else {}
            status, headers, text = self._send(owner, "GET", path, parameters, conditional)
            known = status == 304 or status in missing
            if status >= 400 and not known:
                raise Requester.createException(status, dict(headers), mapping(text))
            if 300 <= status < 400 and not known:
                raise Broken(f"it answered {status}, which leads elsewhere")
            data = None if known else loaded(text)
            return self._read(Answer(data, asked_at(headers), headers, status), read)

        return self.asker.ask(call, what, self._budget("core", owner))

    def refused(self, errors: Sequence[Mapping[str, Any]], what: str) -> Exception:
        """Return what GraphQL errors mean for what was asked."""
        return refusal(errors, self.host, what, self.signer.key)

    def token(self, owner: str) -> str:
        """Return what git signs in with."""
        return self.asker.ask(lambda: self._auth(owner).token, f"a token for {owner}")

    def _graphql(self, owner: str, body: Mapping[str, Any]) -> Answer:
        status, headers, text = self._send(owner, "POST", None, {}, {}, body)
        if status >= 400:
            raise Requester.createException(status, dict(headers), mapping(text))
        data = loaded(text)
        if not isinstance(data, Mapping) or not ("data" in data or "errors" in data):
            raise Broken("it sent something that is no answer to a query")
        errors = data.get("errors") or ()
        for error in errors:
            check_load(error, headers)
        if not errors and not isinstance(data.get("data"), Mapping):
            raise Broken("it sent an answer without data")
        return Answer(data.get("data") or {}, asked_at(headers), headers, 200, errors)

    def _read(self, answer: Answer, read: Callable[[Answer], T]) -> T:
        try:
            return read(answer)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
            raise Broken("it left out what it should have sent") from error

    def _send(
        self,
        owner: str,
        verb: str,
        path: str | None,
        parameters: Mapping[str, Any],
        headers: Mapping[str, str],
        body: Any = None,
    ) -> tuple[int, Headers, str]:
        """Send one request with a client that no other thread has; no path is GraphQL."""
        auth = self._auth(owner)
        free = self._free.setdefault(self.signer.group(owner), LifoQueue())
        try:
            client = free.get_nowait()
        except Empty:
            client = github.Github(auth=auth, **self.settings)
        try:
            to = path or client.requester.graphql_url
            status, answered, text = client.requester.requestJson(
                verb, to, dict(parameters), dict(headers), body
            )
        finally:
            free.put(client)
        self._note("graphql" if path is None else "core", owner, answered)
        if status == 401 and self.signer.forget(owner):
            raise Stale
        return status, answered, text

    def _auth(self, owner: str) -> github.Auth.Auth:
        """Return what signs in, asked of GitHub here so that its refusals are told apart."""
        try:
            auth = self.signer.auth(owner)
            _ = auth.token
        except GithubException as error:
            if mended := refused(self.host, error):
                raise mended from error
            raise
        return auth

    def _note(self, resource: str, owner: str, headers: Headers) -> None:
        try:
            total = int(float(headers["x-ratelimit-limit"]))
            remaining = int(float(headers["x-ratelimit-remaining"]))
        except (KeyError, ValueError):
            return
        budget = self._budget(headers.get("x-ratelimit-resource", resource), owner)
        self.asker.note(budget, total, remaining, seconds_left(headers))

    def _budget(self, resource: str, owner: str) -> str:
        group = self.signer.group(owner)
        return f"{resource} {group}" if group else resource
