"""Reads a kubeconfig: where an API server is, and what one signs in with."""

import base64
import binascii
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from connectors.delivery.bodies import part, text
from connectors.errors import SourceMisconfigured

REFUSED: Final = {
    "exec": "runs a program to sign in",
    "auth-provider": "signs in by a plugin",
    "username": "signs in by a password, which no API server takes any more",
}


@dataclass(slots=True)
class Access:
    """One API server, and the token or certificate for it; files of it are ours to remove."""

    url: str
    token: str = field(default="", repr=False)
    ca: Path | None = None
    certificate: tuple[str, str] | None = None
    made: list[Path] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Return the name of the server."""
        return urlsplit(self.url).hostname or ""

    def close(self) -> None:
        """Remove the files that were made of what the kubeconfig holds."""
        for path in self.made:
            with suppress(OSError):
                path.unlink()
        self.made.clear()


def read(path: Path, context: str | None = None) -> Access:
    """Return the access that a kubeconfig gives, by the context that it names or another."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceMisconfigured(f"{path}: {error.strerror}; mend `kubeconfig`") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceMisconfigured(f"{path}: is no YAML; mend `kubeconfig`") from error
    name = context or text(found, "current-context")
    if not name:
        raise SourceMisconfigured(f"{path}: names no current context; set `context` of the source")
    chosen = part(named(path, found, "contexts", name), "context")
    cluster = part(named(path, found, "clusters", text(chosen, "cluster")), "cluster")
    user = part(named(path, found, "users", text(chosen, "user")), "user")
    url = text(cluster, "server") or ""
    if urlsplit(url).scheme not in ("https", "http"):
        raise SourceMisconfigured(f"{path}: the cluster of context {name} has no server address")
    if cluster.get("insecure-skip-tls-verify") is True:
        raise SourceMisconfigured(
            f"{path}: context {name} does not verify the server's certificate, so a token could "
            "go to anybody; name its authority as certificate-authority-data"
        )
    access = Access(url.rstrip("/"))
    try:
        signed(access, path, name, cluster, user)
    except BaseException:
        access.close()
        raise
    return access


def signed(
    access: Access, path: Path, name: str, cluster: Mapping[str, Any], user: Mapping[str, Any]
) -> None:
    """Fill in what one signs in with; refuses what would run a program or ask a person."""
    for word, why in REFUSED.items():
        if user.get(word):
            raise SourceMisconfigured(
                f"{path}: context {name} {why} (`{word}`), which a collection does not do; "
                "put the token of a service account there, see docs/deployment-architecture.md"
            )
    authority = held(access, path, cluster, "certificate-authority")
    access.ca = authority
    token = text(user, "token") or ""
    file = text(user, "tokenFile")
    if not token and file:
        token = content(beside(path, file)).strip()
    certificate, key = (
        held(access, path, user, f"client-{word}") for word in ("certificate", "key")
    )
    if certificate and key:
        access.certificate = (str(certificate), str(key))
    if not token and not access.certificate:
        raise SourceMisconfigured(
            f"{path}: context {name} has neither a token nor a client certificate with its key"
        )
    if any(sign.isspace() or not sign.isascii() for sign in token):
        raise SourceMisconfigured(f"{path}: the token of context {name} is no token")
    access.token = token


def named(path: Path, found: Any, kind: str, name: str | None) -> Mapping[str, Any]:
    """Return the entry of a list of the file by its name."""
    listed = found.get(kind) if isinstance(found, Mapping) else None
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, Mapping) and name is not None and one.get("name") == name:
            return one
    raise SourceMisconfigured(f"{path}: has nothing called {name} among its {kind}")


def held(access: Access, path: Path, body: Mapping[str, Any], name: str) -> Path | None:
    """Return the file that a certificate or key is in; what stands in the kubeconfig gets one."""
    data = text(body, f"{name}-data")
    if not data:
        file = text(body, name)
        if file and not beside(path, file).is_file():
            raise SourceMisconfigured(f"{path}: `{name}` is {file}, which is no file")
        return beside(path, file) if file else None
    try:
        plain = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SourceMisconfigured(f"{path}: `{name}-data` is no base 64") from error
    # Only its owner may read what is made so.
    handle, made = tempfile.mkstemp(prefix="drumbeat-")
    access.made.append(Path(made))
    with os.fdopen(handle, "wb") as opened:
        opened.write(plain)
    return Path(made)


def beside(path: Path, file: str) -> Path:
    """Return a path that is relative to the kubeconfig."""
    return path.parent / file


def content(path: Path) -> str:
    """Return what a file holds."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceMisconfigured(f"{path}: the token can't be read") from error
