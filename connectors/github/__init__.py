"""GitHub and GitHub Enterprise Server, through PyGithub."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.github.client import Client
from connectors.github.discretion import keep_quiet
from connectors.github.host import GitHub
from connectors.github.issues import Wanted
from connectors.github.judging import Judge
from connectors.github.signing import Signer, TokenSigner, app_signer
from connectors.hosts.asking import Asker

__all__ = ["GitHub", "connect"]


def connect(
    *,
    url: str,
    token: str | None = None,
    app: Any = None,
    ca: Path | None = None,
    repositories: Sequence[str],
    since: datetime | None,
    reserve: float,
    incident_labels: Sequence[str],
    incident_types: Sequence[str],
    runs: Sequence[str],
    say: Callable[[str], None],
    timeout: int = 30,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> GitHub:
    """Make what reads a GitHub; nothing is asked yet.

    ``app`` has an id, a private_key and maybe an installation; it or ``token`` signs in.
    """
    host = urlsplit(url).hostname or url
    keep_quiet()
    settings: dict[str, Any] = {
        "base_url": api_address(url),
        "timeout": timeout,
        "user_agent": "drumbeat",
        "verify": str(ca) if ca else True,
        # Patience, and the pace of calls, are the asker's.
        "retry": None,
        "seconds_between_requests": None,
        "seconds_between_writes": None,
    }
    signer: Signer = TokenSigner(token or "")
    if app:
        signer = app_signer(host, app, settings)
    asker = Asker(host, Judge(host, signer.key), reserve, say, sleep, clock)
    wanted = Wanted(tuple(incident_labels), tuple(incident_types))
    client = Client(host, asker, signer, settings)
    return GitHub(host, url, client, tuple(repositories), since, wanted, tuple(runs), say)


def api_address(url: str) -> str:
    """Return where the API is: beside the site in the cloud, below it on a server."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in {"github.com", "www.github.com"}:
        return "https://api.github.com"
    if host.endswith(".ghe.com"):
        return f"{parts.scheme}://api.{parts.netloc}"
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/api/v3"
