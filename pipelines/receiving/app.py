"""The receiver as an ASGI app: its addresses, and how errors are answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pipelines.receiving import pages, senders
from pipelines.receiving.answers import Refused
from pipelines.receiving.intake import Intake
from pipelines.receiving.openapi import document

PAGE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Receiver:
    """Answers requests."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake

    async def events(self, request: Request) -> Response:
        """Take in what a CI job or any tool sends."""
        return await self.intake.by_token(request, senders.at(request.url.path))

    async def webhook(self, request: Request) -> Response:
        """Take in what the webhook of a source, or of a sender of a known format, sends."""
        return await self.intake.by_name(request, request.path_params["name"])

    async def refused(self, request: Request, error: Exception) -> Response:
        """Answer with what is wrong."""
        if not isinstance(error, Refused):
            raise error
        self.intake.tally.count(f"{request.method} refused with {error.status}: {error.reason}")
        return error.response()

    @asynccontextmanager
    async def living(self, app: Starlette) -> AsyncIterator[None]:
        """Work for as long as the app lives."""
        async with self.intake.working():
            yield


async def start(request: Request) -> Response:
    """Show the small page at the root."""
    return HTMLResponse(pages.start(), headers=PAGE)


async def docs(request: Request) -> Response:
    """Show every address, with examples."""
    return HTMLResponse(pages.docs(), headers=PAGE)


async def openapi(request: Request) -> Response:
    """Describe every address to programs."""
    return JSONResponse(document())


async def health(request: Request) -> Response:
    """Tell that the receiver lives."""
    return JSONResponse({"status": "ok"})


async def missed(request: Request, error: Exception) -> Response:
    """Answer what has no address, or not with that method."""
    if not isinstance(error, HTTPException):
        raise error
    return Refused(error.status_code, error.detail.lower(), headers=error.headers).response()


def application(intake: Intake) -> Starlette:
    """Make the app around what takes events in."""
    receiver = Receiver(intake)
    app = Starlette(
        routes=[
            *(Route(path, receiver.events, methods=["POST"]) for path in senders.PATHS),
            Route("/webhooks/{name}", receiver.webhook, methods=["POST"]),
            Route("/", start),
            Route("/docs", docs),
            Route("/openapi.json", openapi),
            Route("/health", health),
        ],
        lifespan=receiver.living,
        exception_handlers={Refused: receiver.refused, HTTPException: missed},
    )
    # A redirected POST may arrive as a GET, and nobody would know.
    app.router.redirect_slashes = False
    return app
