"""GitLab, its cloud or a self-hosted one, through python-gitlab: REST, and GraphQL where less."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from connectors.gitlab.client import connected
from connectors.gitlab.source import GitLab

__all__ = ["GitLab", "connect"]


def connect(
    *,
    url: str,
    token: str | None = None,
    job_token: str | None = None,
    ca: Path | None = None,
    repositories: Sequence[str],
    since: datetime | None = None,
    reserve: float = 0.1,
    incident_labels: Sequence[str] = ("incident",),
    incident_types: Sequence[str] = ("Incident",),
    runs: Sequence[str] = (),
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
) -> GitLab:
    """Return what reads one GitLab; nothing is asked yet."""
    host = urlsplit(url).hostname or ""
    client = connected(
        url.rstrip("/"), host, token, job_token, ca, reserve=reserve, say=say, sleep=sleep
    )
    return GitLab(
        client,
        host,
        tuple(repositories),
        since,
        tuple(incident_labels),
        tuple(incident_types),
        tuple(runs),
        say,
    )
