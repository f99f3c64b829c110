"""A made-up API server that speaks the watch protocol: versions, steps, bookmarks, breaks."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.connectors.delivery.api_server import TOKEN

Body = dict[str, Any]
PATIENCE = 5.0


@dataclass
class Cluster:
    """Its objects by address, what happened to them by version, and how it misbehaves.

    ``oldest`` is the first version that it still knows; ``tears`` and ``errors`` are watches that
    are broken off in the middle of a line, or ended by an ERROR.
    """

    objects: dict[str, dict[str, Body]] = field(default_factory=dict)
    steps: list[tuple[int, str, Body]] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)
    version: int = 100
    oldest: int = 0
    tears: int = 0
    errors: int = 0
    says_gone_at_once: bool = True
    bookmarks: int = 0
    asked: list[str] = field(default_factory=list)
    watching: set[str] = field(default_factory=set)
    is_over: bool = False
    port: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def has(self, path: str, *bodies: Body) -> None:
        """Have objects, or just the kind, from before anybody watched."""
        found = self.objects.setdefault(path, {})
        for body in bodies:
            self.version += 1
            found[body["metadata"]["name"]] = versioned(body, self.version)

    def step(self, path: str, what: str, body: Body, at: str | None = None) -> None:
        """Let something happen to an object."""
        with self.changed:
            self.version += 1
            now = versioned(body, self.version, at)
            self.steps.append((self.version, path, {"type": what, "object": now}))
            held = self.objects.setdefault(path, {})
            held.pop(body["metadata"]["name"], None)
            if what != "DELETED":
                held[body["metadata"]["name"]] = now
            self.changed.notify_all()

    def forget(self) -> None:
        """Forget all that happened up to now, and end every watch."""
        with self.changed:
            self.version += 10
            self.oldest = self.version
            self.changed.notify_all()

    def watched(self, path: str, version: int, seconds: float) -> Iterator[Body | None]:
        """Yield what a watch tells; nothing is a torn line, after which the connection breaks."""
        until = time.monotonic() + seconds
        while True:
            with self.changed:
                if version < self.oldest:
                    yield gone()
                    return
                found = [one for one in self.steps if one[1] == path and one[0] > version]
                if not found:
                    if self.is_over or not self.changed.wait(min(until - time.monotonic(), 0.1)):
                        if self.is_over or time.monotonic() >= until:
                            return
                        self.bookmarks += 1
                        version = max(version, self.version)
                        yield {"type": "BOOKMARK", "object": {"metadata": told(version)}}
                    continue
            for number, _, step in found:
                version = number
                if self.tears:
                    self.tears -= 1
                    yield None
                    return
                if self.errors:
                    self.errors -= 1
                    yield {"type": "ERROR", "object": {"code": 500, "message": "too slow"}}
                    return
                yield step


def versioned(body: Body, version: int, at: str | None = None) -> Body:
    """Return an object at a version, written at a time."""
    fields = [{"manager": "controller", "operation": "Update", "time": at}] if at else []
    return {**body, "metadata": {**body["metadata"], **told(version), "managedFields": fields}}


def told(version: int) -> dict[str, str]:
    return {"resourceVersion": str(version)}


def gone() -> Body:
    return {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}


@contextmanager
def serving() -> Iterator[Cluster]:
    """Serve on a free port until the block ends."""
    found = Cluster()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            place = urlsplit(self.path)
            query = {key: value[0] for key, value in parse_qs(place.query).items()}
            found.asked.append(place.path)
            is_ours = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            if not is_ours or place.path in found.forbidden:
                self.whole(403 if is_ours else 401, {"message": "forbidden: cannot watch"})
            elif place.path not in found.objects:
                self.whole(404, {"message": "not found"})
            elif query.get("watch") != "true":
                with found.changed:
                    at, items = found.version, list(found.objects[place.path].values())
                self.whole(200, {"metadata": told(at), "items": items})
            elif int(query["resourceVersion"]) < found.oldest and found.says_gone_at_once:
                self.whole(410, {"code": 410, "message": "too old resource version"})
            else:
                self.stream(place.path, query)

        def whole(self, status: int, body: Body) -> None:
            written = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def stream(self, path: str, query: dict[str, str]) -> None:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            found.watching.add(path)
            seconds = float(query["timeoutSeconds"])
            # Whoever is killed hangs up.
            with suppress(OSError):
                for one in found.watched(path, int(query["resourceVersion"]), seconds):
                    self.chunk(b'{"type": "MODIF' if one is None else json.dumps(one).encode())
                    if one is None:
                        self.close_connection = True
                        self.connection.close()
                        return
                    self.chunk(b"\n")
                self.wfile.write(b"0\r\n\r\n")

        def chunk(self, content: bytes) -> None:
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield found
    finally:
        found.is_over = True
        server.shutdown()
        thread.join()
        server.server_close()
