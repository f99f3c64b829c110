"""The receiver as an ASGI app: its addresses, and how errors are answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.receiving import pages, senders
from pipelines.receiving.answers import Refused
from pipelines.receiving.intake import Intake
from pipelines.receiving.openapi import document, of_readers
from pipelines.receiving.reading import Reader
from pipelines.receiving.tally import Tally

PAGE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Receiver:
    """Answers those who push."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake

    async def events(self, request: Request) -> Response:
        """Take in what a CI job or any tool sends."""
        return await self.intake.by_token(request, senders.at(request.url.path))

    async def webhook(self, request: Request) -> Response:
        """Take in what the webhook of a source, or of a sender of a known format, sends."""
        return await self.intake.by_name(request, request.path_params["name"])

    def routes(self) -> list[Route]:
        """Return the addresses to push to."""
        return [
            *(Route(path, self.events, methods=["POST"]) for path in senders.PATHS),
            Route("/webhooks/{name}", self.webhook, methods=["POST"]),
        ]


class ReadOnly:
    """Passes on nothing but what reads."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer all that could change something with 405."""
        app = self.app
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            allowed = {"Allow": "GET, HEAD"}
            app = Refused(405, "this server only reads", headers=allowed).response()
        await app(scope, receive, send)


async def start(request: Request) -> Response:
    """Show the small page at the root."""
    return HTMLResponse(pages.start(), headers=PAGE)


async def docs(request: Request) -> Response:
    """Show every address, with examples."""
    return HTMLResponse(pages.docs(), headers=PAGE)


async def openapi(request: Request) -> Response:
    """Describe every address to programs."""
    return JSONResponse(document())


async def reading(request: Request) -> Response:
    """Show what there is to read."""
    return HTMLResponse(pages.reading(), headers=PAGE)


async def openapi_to_read(request: Request) -> Response:
    """Describe the addresses to read from to programs."""
    return JSONResponse(of_readers())


async def health(request: Request) -> Response:
    """Tell that the receiver lives."""
    return JSONResponse({"status": "ok"})


async def missed(request: Request, error: Exception) -> Response:
    """Answer what has no address, or not with that method."""
    if not isinstance(error, HTTPException):
        raise error
    return Refused(error.status_code, error.detail.lower(), headers=error.headers).response()


def refusing(tally: Tally) -> Callable[[Request, Exception], Response]:
    """Return what answers with what is wrong, and counts it."""

    def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, Refused):
            raise error
        tally.refuse(request.method, error.status, error.reason)
        return error.response()

    return refused


def application(intake: Intake, reader: Reader) -> Starlette:
    """Make the app around what takes events in, and what tells of the numbers."""
    pages = [Route("/", start), Route("/docs", docs), Route("/openapi.json", openapi)]
    routes = [*Receiver(intake).routes(), *pages]
    return made(routes, reader, intake.working)


def read_only(reader: Reader) -> ASGIApp:
    """Make the app that tells of the numbers and takes nothing in."""

    @asynccontextmanager
    async def telling() -> AsyncIterator[None]:
        task = asyncio.create_task(reader.tally.run())
        yield
        task.cancel()
        reader.tally.tell()

    pages = [Route("/", reading), Route("/docs", reading), Route("/openapi.json", openapi_to_read)]
    return ReadOnly(made(pages, reader, telling))


def made(
    routes: list[Route], reader: Reader, working: Callable[[], AbstractAsyncContextManager[None]]
) -> Starlette:
    """Make an app of these addresses and the reader's, at work for as long as it lives."""

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        async with working():
            try:
                yield
            finally:
                reader.readings.close()

    app = Starlette(
        routes=[*routes, *reader.routes(), Route("/health", health)],
        lifespan=living,
        exception_handlers={Refused: refusing(reader.tally), HTTPException: missed},
    )
    # A redirected POST may arrive as a GET, and nobody would know.
    app.router.redirect_slashes = False
    return app
