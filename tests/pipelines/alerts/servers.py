"""Real servers on this machine that take what is sent, or fail to in the ways servers do."""

import http.server
import socketserver
import ssl
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def web(*answers, before=None, answer=None):
    """Answer (status, headers), the last for ever; yield the address and what was posted.

    ``answer`` answers by itself in place of them.
    """
    left, posted = list(answers) or [(200, {})], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, dict(self.headers), body))
            if before:
                before(self)
            if answer:
                return answer(self)
            status, headers = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"what the server says")
            return None

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """Say nothing of clients that went away."""

    with serving(Server(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}", posted


class Talk(socketserver.StreamRequestHandler):
    """One talk of SMTP, enough of RFC 5321 for smtplib."""

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self):
        server, self.signed_in = self.server, False
        self.say(server.answers.get("GREETING", "220 mail.example.org"))
        while line := self.rfile.readline():
            verb = line.decode().strip().split(" ")[0].split(":")[0].upper()
            if answer := server.answers.get(verb):
                self.say(answer)
                continue
            if verb == "QUIT":
                return self.say(server.answers.get("BYE", "221 bye"))
            getattr(self, f"do_{verb.lower()}", self.fine)(line)
        return None

    def finish(self):
        super().finish()
        self.connection.close()

    def fine(self, _):
        self.say("250 fine")

    def do_ehlo(self, _):
        said = ["mail.example.org", *self.server.extensions]
        if isinstance(self.connection, ssl.SSLSocket) and "STARTTLS" in said:
            said.remove("STARTTLS")
        for line in said[:-1]:
            self.say(f"250-{line}")
        self.say(f"250 {said[-1]}")

    def do_starttls(self, _):
        self.say("220 go on")
        self.rfile.close()
        self.wfile.close()
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def do_auth(self, line):
        self.server.signed_in.append(line.decode().strip())
        self.say("235 welcome")

    def do_rcpt(self, line):
        refused = any(name in line.decode() for name in self.server.refused)
        self.say("550 nobody here" if refused else "250 fine")

    def do_data(self, _):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.server.letters.append(message_from_bytes(b"".join(lines), policy=default))
        self.say(self.server.answers.get("TAKEN", "250 taken"))


@contextmanager
def mail(*, extensions=("SMTPUTF8",), refused=(), context=None, **answers):
    """Serve SMTP; yield the server with its ``letters``. ``answers`` are by verb."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = allow_reuse_address = True

        def handle_error(self, *_):
            """Say nothing of clients that went away."""

    server = Server(("127.0.0.1", 0), Talk)
    server.letters, server.signed_in, server.answers = [], [], answers
    server.extensions, server.refused, server.context = list(extensions), refused, context
    server.port = server.server_address[1]
    with serving(server):
        yield server
