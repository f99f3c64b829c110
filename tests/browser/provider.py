"""A made-up provider of identities on this machine, which signs in whoever it was told to."""

import base64
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "drumbeat", "made-up-secret-of-the-dashboard"


class Provider(ThreadingHTTPServer):
    """Answers as OpenID Connect says; ``person`` are the claims of who signs in next."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.person, self.nonces, self.tokens = {}, {}, 0

    @property
    def address(self):
        return f"http://localhost:{self.server_port}"

    @property
    def metadata_url(self):
        return f"{self.address}/.well-known/openid-configuration"


class Handler(BaseHTTPRequestHandler):
    """The pages of the provider."""

    def do_GET(self):
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            where = self.server.address
            self.answer({
                "issuer": where, "authorization_endpoint": f"{where}/authorize",
                "token_endpoint": f"{where}/token", "jwks_uri": f"{where}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip
        elif parts.path == "/keys":
            self.answer({"keys": [self.server.key.as_dict(private=False)]})
        elif parts.path == "/authorize" and asked["client_id"] == CLIENT:
            code = f"code-{len(self.server.nonces)}"
            self.server.nonces[code] = asked["nonce"]
            back = urlencode({"code": code, "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        asked = {
            name: values[0] for name, values in parse_qs(self.rfile.read(size).decode()).items()
        }
        proof = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {proof}":
            self.send_error(401)
            return
        now = int(time.time())
        claims = {
            "iss": self.server.address, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 600,
            "nonce": self.server.nonces.pop(asked["code"]), **self.server.person,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.server.key)
        self.server.tokens += 1
        self.answer({
            "access_token": "made-up", "token_type": "Bearer", "expires_in": 600,
            "id_token": signed,
        })  # fmt: skip

    def answer(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def provided():
    """Run a provider until the end of the block."""
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)
