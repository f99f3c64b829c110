"""How an event gets in: proved, read, translated, on disk, and only then acknowledged."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.events.event import Event
from pipelines.project import Project
from pipelines.receiving import limits, senders
from pipelines.receiving.answers import Accepted, Refused
from pipelines.receiving.authority import Authority, Grant, authority, presented
from pipelines.receiving.committing import Committer, NotOnDisk
from pipelines.receiving.inbox import Inbox
from pipelines.receiving.lines import line
from pipelines.receiving.sealer import Sealer
from pipelines.receiving.tally import Tally


class Intake:
    """Takes in what is pushed, for one project."""

    def __init__(self, project: Project, inbox: Inbox, say: Callable[[str], None]) -> None:
        self.authority: Authority = authority(project.configuration)
        self.committer = Committer(inbox)
        self.sealer = Sealer(inbox.folder, project.landing, say)
        self.tally = Tally(say)
        self.pace = limits.Pace(time.monotonic)
        self.replays = limits.Replays(time.monotonic)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Write and seal as long as the app lives; all that is accepted is sealed at the end."""
        self.committer.start()
        tasks = [asyncio.create_task(self.sealer.run()), asyncio.create_task(self.tally.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self.committer.stop)
            await asyncio.to_thread(self.sealer.seal)
            self.tally.tell()

    async def by_token(self, request: Request, sender: senders.Sender) -> Response:
        """Take in what a token speaks for."""
        grant = self.authority.by_token(request.headers)
        self.pace.take(grant.key, grant.rate)
        senders.check_type(request.headers)
        body = await limits.body(request)
        return await self.take(grant, sender, request, body)

    async def by_name(self, request: Request, name: str) -> Response:
        """Take in a webhook: of a source by its secrets, of any other sender by a token."""
        hook, headers = self.authority.hooks.get(name), request.headers
        if not hook and presented(headers):
            self.authority.by_token(headers)
            return await self.by_token(request, senders.named(name))
        body = await limits.body(request)
        grant = (
            self.authority.by_secret(hook, headers, body)
            if hook
            else self.authority.by_signature(name, headers, body)
        )
        self.pace.take(grant.key, grant.rate)
        senders.check_type(headers)
        return await self.take(grant, senders.named(hook.kind if hook else name), request, body)

    async def take(
        self, grant: Grant, sender: senders.Sender, request: Request, body: bytes
    ) -> Response:
        """Translate and write; answer once it is on disk."""
        received_at = datetime.now(UTC)
        events = senders.translate(sender, request.headers, body, grant.host, received_at)
        if len(events) > limits.MOST_EVENTS:
            raise Refused(413, f"a request must have at most {limits.MOST_EVENTS:,} events")
        self.authority.allow(grant, sender.format, events)
        self.pace.owe(grant.key, max(0, len(events) - 1))
        ids = await self.write(grant.source, events, body, received_at)
        self.tally.accept(sender.format, len(events))
        answer = Accepted(accepted=len(events), ids=ids)
        return JSONResponse(answer.model_dump(), 202)

    async def write(
        self, source: str, events: list[Event], body: bytes, received_at: datetime
    ) -> list[str]:
        """Put the events on disk that are not there yet; return the ids of all."""
        records = [event.record() for event in events]
        keys = [self.replays.key(source, record.record_id, body) for record in records]
        new = {
            key: line(source, record, received_at)
            for key, record in zip(keys, records, strict=True)
            if not self.replays.knows(key)
        }
        if new:
            try:
                await self.committer.commit(b"".join(new.values()))
            except NotOnDisk as error:
                raise Refused(
                    503,
                    "the events could not be stored; send them again",
                    headers={"Retry-After": "30"},
                    reason=str(error),
                ) from error
        for key in new:
            self.replays.add(key)
        self.sealer.count(len(new))
        return [record.record_id for record in records]
