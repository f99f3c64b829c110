"""The addresses to read from: the published metrics as JSON, and as gauges for Prometheus."""

from collections.abc import Callable, Iterator
from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.receiving.answers import Refused
from pipelines.receiving.asked import maker, question, wrong
from pipelines.receiving.exposition import MEDIA_TYPE, Family, family, text
from pipelines.receiving.readers import Readers
from pipelines.receiving.readings import Readings
from pipelines.receiving.tally import Tally

METRICS, PROMETHEUS = "/api/metrics", "/metrics"
SMALLEST_ZIPPED = 1_000


class Reader:
    """Answers those who read; it never writes, nor waits for whoever does."""

    def __init__(self, serving: Path, readers: Readers, tally: Tally) -> None:
        self.readers = readers
        self.readings = Readings(serving)
        self.tally = tally

    def routes(self) -> list[Route]:
        """Return the addresses."""
        zipped = [Middleware(GZipMiddleware, minimum_size=SMALLEST_ZIPPED)]
        return [
            Route(METRICS, self.metrics, middleware=zipped),
            Route(PROMETHEUS, self.prometheus, middleware=zipped),
        ]

    async def metrics(self, request: Request) -> Response:
        """Answer what `drumbeat metrics --json` prints."""
        self.admit(request)
        asked = question(request.query_params)
        known = request.headers.get("if-none-match", "")
        found = await self.readings.get(asked, maker(asked), known)
        headers = {"ETag": found.tag, "Cache-Control": "private, no-cache"}
        if found.content is None:
            return Response(status_code=304, headers=headers)
        return Response(found.content, media_type="application/json", headers=headers)

    async def prometheus(self, request: Request) -> Response:
        """Answer the last finished weeks as gauges, and what this server did since its start."""
        self.admit(request)
        for name in request.query_params:
            raise wrong(name, "is no parameter; there are none here")
        try:
            published = (await self.readings.get("gauges", gauges())).content or b""
        except Refused as error:
            if error.reason != "nothing published":
                raise
            published = b""
        own = text([*counters(self.tally), is_published(bool(published))])
        return Response(own + published, headers={"Content-Type": MEDIA_TYPE})

    def admit(self, request: Request) -> None:
        """Raise Refused where the asker may not read."""
        client = request.client.host if request.client else ""
        self.readers.admit(client, request.headers)
        self.tally.count(f"{request.url.path}: read")


def gauges() -> Callable[[Path], bytes]:
    """Return what makes gauges of a published file."""
    # DuckDB and polars take half a second to load, which a receiver without readers need not.
    from pipelines.receiving.gauges import gauges

    return gauges


def counters(tally: Tally) -> Iterator[Family]:
    """Yield what the server itself did."""
    for name, said, label, counted in (
        ("events_accepted", "Events on disk, by the sender's format.", "format", tally.accepted),
        ("requests_refused", "Requests refused, by the answer's status.", "status", tally.refused),
    ):
        rows = [({label: key}, number) for key, number in sorted(counted.items())]
        yield family(f"drumbeat_receiver_{name}_total", said, rows, type="counter")


def is_published(value: bool) -> Family:
    """Tell whether there is anything to read."""
    return family("drumbeat_is_published", "1 once there are numbers to read.", [({}, value)])
