"""A small HTTP/1.1 server in a thread on 127.0.0.1, with keep-alive and without noise."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked; header names are in lower case, ``target`` is path and query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """Return the path, unquoted."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """Return the query."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass
class Answer:
    """What is answered: JSON or bytes; ``send`` takes the connection over instead."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    send: Callable[["Handler"], None] | None = None

    def content(self) -> bytes:
        """Return the body as it is sent."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return json.dumps(self.body).encode()


class Call(NamedTuple):
    """One request that a server got; ``operation`` is the GraphQL operation's name."""

    method: str
    path: str
    operation: str = ""
    status: int = 0


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole and writes the server's answer."""

    protocol_version = "HTTP/1.1"
    server: "Server"
    # Headers and body leave in one packet.
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            # The client has gone, or this end was closed on purpose.
            self.close_connection = True

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.received(headers))
        self.reply(self.server.answer(request))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def received(self, headers: Mapping[str, str]) -> bytes:
        """Read the body; git sends large ones in chunks."""
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def reply(self, answer: Answer) -> None:
        """Write an answer."""
        if answer.send:
            return answer.send(self)
        content = answer.content()
        self.begin(answer.status, {**answer.headers, "Content-Length": str(len(content))})
        if self.command != "HEAD":
            self.wfile.write(content)
        return None

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Write status line and headers, and no others: even `Date` is the fake's own."""
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def cut(self) -> None:
        """Close the connection with what has been written so far."""
        self.wfile.flush()
        self.close_connection = True

    def reset(self) -> None:
        """End the connection so that the client sees it reset."""
        now = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        self.close_connection = True
        for end in (self.rfile, self.wfile, self.connection):
            end.close()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Serves ``answer`` until it is closed; a context manager."""

    daemon_threads = True
    block_on_close = True
    request_queue_size = 64

    def __init__(self, answer: Callable[[Request], Answer]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.open: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving, and end every connection that a client still holds."""
        self.shutdown()
        self.thread.join()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""
