"""A server that keeps issues as GitHub and GitLab do, as far as reports need them."""

import http.server
import json
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from tests.pipelines.alerts.servers import serving

NUMBER = {"body": "number", "description": "iid"}


@contextmanager
def code_host(text, *, failing=()):
    """Serve issues whose text is called ``text``; yield the address, the issues and what was asked.

    ``failing`` are statuses that the first requests that write are answered with, once written.
    """
    issues, asked, left = [], [], list(failing)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(("GET", self.path, dict(self.headers)))
            wanted = parse_qs(urlsplit(self.path).query).get("labels", [""])[0].split(",")
            labelled = [one for one in issues[::-1] if {*wanted} <= {*one["labels"]}]
            self.answer(200, labelled)

        def do_POST(self):
            told = self.told("POST")
            if isinstance(told["labels"], str):
                told["labels"] = told["labels"].split(",")
            issues.append({**told, NUMBER[text]: len(issues) + 1})
            self.answer(left.pop(0) if left else 201, issues[-1])

        def do_PATCH(self):
            issue = issues[int(urlsplit(self.path).path.rsplit("/", 1)[1]) - 1]
            issue |= self.told(self.command)
            self.answer(200, issue)

        def do_PUT(self):
            self.do_PATCH()

        def told(self, method):
            asked.append((method, self.path, dict(self.headers)))
            return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, status, body):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

    with serving(Server(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}", issues, asked
