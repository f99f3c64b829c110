"""A made-up API server: lists objects page by page, to whoever has the token."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-of-a-test"


@dataclass
class Server:
    """What it has by path, which paths it refuses, and what it was asked."""

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, query: dict[str, list[str]], signed: str) -> tuple[int, Any]:
        """Answer as an API server does: 401, 403, 404, or a page of a list."""
        if signed != f"Bearer {TOKEN}":
            return 401, {"kind": "Status", "code": 401, "message": "Unauthorized"}
        if path in self.forbidden:
            return 403, {"kind": "Status", "code": 403, "message": "forbidden: cannot list"}
        if path not in self.lists:
            return 404, {"kind": "Status", "code": 404, "message": "not found"}
        # Smaller pages than were asked for, so that there is more than one.
        start = int(query.get("continue", ["0"])[0])
        found = self.lists[path]
        following = {"continue": str(start + 2)} if start + 2 < len(found) else {}
        return 200, {"kind": "List", "metadata": following, "items": found[start : start + 2]}


@contextmanager
def serving() -> Iterator[Server]:
    """Serve on a free port until the block ends."""
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            found.asked.append(place.path)
            status, body = found.answer(
                place.path, parse_qs(place.query), self.headers.get("Authorization", "")
            )
            written = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
