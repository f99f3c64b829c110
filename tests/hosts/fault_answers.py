"""What goes wrong between a client and a host, and how it looks to the client."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.hosts.serving import Answer, Handler, Request

HTML = b"<html><head><title>502 Bad Gateway</title></head><body>Unicorn!</body></html>"


class Fault(Enum):
    """What can befall a request; PASS is nothing."""

    PASS = "pass"
    TOO_MANY = "429 with Retry-After"
    SECONDARY = "403, secondary rate limit"
    SPENT = "403, no quota left until a minute from now"
    BAD_GATEWAY = "502 with a page of HTML"
    UNAVAILABLE = "503"
    CLOSE = "connection closed without an answer"
    RESET = "connection reset"
    HANG = "no answer until the faults stop"
    HALF = "half of the body, then the end"
    CUT_CHUNKS = "half of the chunks, then the end"
    NOT_JSON = "200, and what is no JSON"
    GRAPHQL_RATE_LIMITED = "200 and a GraphQL error: rate limited"
    GRAPHQL_INTERNAL = "200 and a GraphQL error: something went wrong"
    REPEATED_PAGE = "the page before once more"
    EMPTY_PAGE = "a page of nothing that says there is more"
    SKEWED = "a Date that is hours off"
    TWICE = "delivered twice"

    @property
    def is_quick(self) -> bool:
        """Return whether a client notices without waiting for its own time-out."""
        return self not in (Fault.PASS, Fault.HANG)


LIES = frozenset({Fault.REPEATED_PAGE, Fault.EMPTY_PAGE})
"""Faults that look like good answers: no retry heals them, a client must notice."""


def dated(answer: Answer, at: datetime) -> Answer:
    """Return the answer as told at a time."""
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "date"}
    return Answer(answer.status, answer.body, {**kept, "Date": format_datetime(at, usegmt=True)})


def spent(now: datetime) -> Answer:
    """Return that nothing is left of the quota."""
    reset = int((now + timedelta(minutes=1)).timestamp())
    headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0"}
    headers |= {"X-RateLimit-Reset": str(reset), "X-RateLimit-Used": "5000"}
    return Answer(403, {"message": "API rate limit exceeded for user ID 1."}, headers)


def secondary(_: datetime) -> Answer:
    """Return that it went too fast."""
    words = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    headers = {"Retry-After": "60", "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4000"}
    return Answer(403, {"message": words, "documentation_url": "secondary-rate-limits"}, headers)


def wrong(**error: Any) -> Callable[[datetime], Answer]:
    """Return an answer whose GraphQL failed."""
    return lambda _: Answer(200, {"errors": [error]}, {"Content-Type": "application/json"})


ANSWERS: dict[Fault, Callable[[datetime], Answer]] = {
    Fault.TOO_MANY: lambda _: Answer(429, {"message": "Too Many Requests"}, {"Retry-After": "2"}),
    Fault.SECONDARY: secondary,
    Fault.SPENT: spent,
    Fault.BAD_GATEWAY: lambda _: Answer(502, HTML, {"Content-Type": "text/html"}),
    Fault.UNAVAILABLE: lambda _: Answer(503, {"message": "Service Unavailable"}),
    Fault.NOT_JSON: lambda _: Answer(200, b'{"data": {"rep', {"Content-Type": "application/json"}),
    Fault.GRAPHQL_RATE_LIMITED: wrong(
        type="RATE_LIMITED", message="API rate limit exceeded for user ID 1."
    ),
    Fault.GRAPHQL_INTERNAL: wrong(
        message="Something went wrong while executing your query. Please include "
        "`0000:0000:0000` when reporting this issue."
    ),
}


def is_graphql(request: Request) -> bool:
    """Return whether a request is GraphQL."""
    return request.method == "POST" and request.path.rstrip("/").endswith("graphql")


def is_page(request: Request) -> bool:
    """Return whether a request may be one for a page."""
    return is_graphql(request) or request.method == "GET"


FITTING: dict[Fault, Callable[[Request], bool]] = {
    Fault.GRAPHQL_RATE_LIMITED: is_graphql,
    Fault.GRAPHQL_INTERNAL: is_graphql,
    Fault.REPEATED_PAGE: is_page,
    Fault.EMPTY_PAGE: is_page,
    Fault.SPENT: lambda request: "/api/v4" not in request.path,
    Fault.SECONDARY: lambda request: "/api/v4" not in request.path,
}


def page_key(request: Request) -> str:
    """Return what the pages of one listing have in common."""
    moving = re.compile(r"page|after|cursor|id_before|id_after", re.IGNORECASE)
    if is_graphql(request):
        told = json.loads(request.body)
        kept = {
            name: value
            for name, value in (told.get("variables") or {}).items()
            if not moving.search(name)
        }
        return json.dumps([told.get("query"), kept], sort_keys=True)
    query = {name: value for name, value in request.query.items() if not moving.search(name)}
    return f"{request.method} {request.path}?{urlencode(query)}"


def emptied(request: Request, answer: Answer) -> Answer:
    """Return a page without its rows that says there is more; what is no page stays."""
    try:
        told = json.loads(answer.content())
    except ValueError:
        return answer
    if is_graphql(request):
        return Answer(answer.status, told, answer.headers) if hollow(told) else answer
    if not isinstance(told, list) or not told:
        return answer
    at = f"http://{request.headers.get('host', '')}{urlsplit(request.target).path}"
    following = {**request.query, "page": int(request.query.get("page") or 1) + 1}
    link = {"Link": f'<{at}?{urlencode(following)}>; rel="next"'}
    return Answer(answer.status, [], {**answer.headers, **link})


def hollow(told: Any) -> bool:
    """Empty the outermost connections that have rows and tell their `pageInfo`, in place."""
    if isinstance(told, list):
        return any([hollow(one) for one in told])
    if not isinstance(told, dict):
        return False
    if isinstance(told.get("pageInfo"), dict) and (told.get("nodes") or told.get("edges")):
        told.update({name: [] for name in ("nodes", "edges") if name in told})
        told["pageInfo"]["hasNextPage"] = True
        return True
    return any([hollow(one) for one in told.values()])


PAGED: dict[Fault, Callable[[Request, Answer], Answer]] = {Fault.EMPTY_PAGE: emptied}


def cut_short(answer: Answer, *, is_chunked: bool) -> Answer:
    """Return an answer whose connection ends in the middle of its body."""
    content = answer.content()
    half = content[: len(content) // 2]

    def send(handler: Handler) -> None:
        size = {"Content-Length": str(len(content) + 1)}
        how = {"Transfer-Encoding": "chunked"} if is_chunked else size
        handler.begin(answer.status, {**answer.headers, **how})
        told = f"{len(half):x}\r\n".encode() + half + b"\r\n" if is_chunked and half else half
        handler.wfile.write(told)
        handler.cut()

    return Answer(answer.status, send=send)
