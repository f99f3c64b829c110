"""Certificates of a company's own authority, proxies, and addresses."""

import http.client
import ssl
import subprocess
from urllib.parse import urlsplit

import pytest

from connectors import SourceMisconfigured, SourceUnavailable
from connectors.github import api_address
from tests.connectors.github.site import listed
from tests.hosts.serving import Answer, Server

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return key and certificate of a server at 127.0.0.1, signed by nobody but itself."""
    folder = tmp_path_factory.mktemp("ca")
    key, certificate = folder / "key.pem", folder / "company.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    asked += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1"]
    asked += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(asked, check=True, capture_output=True)
    return key, certificate


@pytest.fixture
def secure(github, certificate):
    """Serve the made-up GitHub with TLS too; return its address."""
    key, own = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    server = Server(github.serve)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.close()


def test_a_companys_own_certificate_authority_is_trusted_when_named(site, secure, certificate):
    api = site.connect(url=secure, ca=certificate[1])

    assert [one.full_name for one in listed(api)] == ["acme/shop"]


def test_an_unknown_authority_is_refused_in_words_that_lead_to_the_fix(site, secure):
    with pytest.raises(SourceMisconfigured, match="set `ca` to the file"):
        list(site.connect(url=secure).repositories())


def test_the_usual_environment_variables_name_a_proxy(github, site, monkeypatch):
    through = []

    def forward(request):
        # Whoever asks a proxy names the whole address.
        through.append(request.target)
        to = urlsplit(request.target)
        connection = http.client.HTTPConnection(github.url.removeprefix("http://"))
        connection.request(request.method, to.path, request.body, dict(request.headers))
        found = connection.getresponse()
        body = found.read()
        connection.close()
        return Answer(found.status, body, {"Date": found.headers["Date"]})

    with Server(forward) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        api = site.connect(url="http://github.example.org")

        assert [one.full_name for one in listed(api)] == ["acme/shop"]

    assert through == ["http://github.example.org:80/api/graphql"]


def test_a_proxy_that_refuses_is_named(site, monkeypatch):
    with Server(lambda request: Answer(403, b"No")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(SourceUnavailable, match="HTTPS_PROXY"):
            list(site.connect(url="https://github.example.org").repositories())


def test_a_host_that_does_not_answer_is_unavailable(site):
    with pytest.raises(SourceUnavailable, match="the connection failed"):
        list(site.connect(url="http://127.0.0.1:1").repositories())


def test_the_api_is_beside_the_cloud_and_below_a_server():
    assert api_address("https://github.com") == "https://api.github.com"
    assert api_address("https://acme.ghe.com") == "https://api.acme.ghe.com"
    assert api_address("https://git.example.org:8443") == "https://git.example.org:8443/api/v3"
