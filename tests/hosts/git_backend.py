"""Answers git over HTTP by git's own program, out of a bare repository on disk."""

import os
import subprocess
from functools import cache
from pathlib import Path

from tests.hosts.serving import Answer, Request


@cache
def program() -> Path:
    """Return git's own server program."""
    told = subprocess.run(["git", "--exec-path"], capture_output=True, check=True, text=True)
    return Path(told.stdout.strip()) / "git-http-backend"


def serve(folder: Path, path: str, request: Request) -> Answer:
    """Answer a request of git's for ``path`` below the bare repository ``folder``."""
    headers = request.headers
    variables = {
        "GIT_PROJECT_ROOT": str(folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "PATH_INFO": path,
        "QUERY_STRING": request.target.partition("?")[2],
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "HTTP_GIT_PROTOCOL": headers.get("git-protocol", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "PATH": os.environ["PATH"],
    }
    # What a test's own environment says of git is not the server's.
    done = subprocess.run(
        [program()], input=request.body, env=variables, capture_output=True, check=True
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    told = dict(line.split(": ", 1) for line in head.decode().splitlines())
    status = int(told.pop("Status", "200").split()[0])
    return Answer(status, body, told)
