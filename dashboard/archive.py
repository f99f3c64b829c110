"""The weekly reports that were written: files in the data directory, the latest week first."""

import re
from base64 import b64encode
from pathlib import Path

from dashboard import data

FOLDER = "reports"
NAME = re.compile(r"drumbeat-(\d{4}-W\d{2})(?:-(team|service)-[A-Za-z0-9._-]+)?")


def names() -> list[str]:
    """Return the names of all reports: the latest week first, and in it the organisation's."""
    found = [path.stem for path in (data.folder() / FOLDER).glob("*.html")]
    return sorted(sorted(filter(NAME.fullmatch, found)), key=week, reverse=True)


def week(name: str) -> str:
    """Return the week that a report is of, as 2026-W47."""
    return name.split("-", 1)[1][:8]


def file(name: str) -> Path:
    """Return the file of a report."""
    return data.folder() / FOLDER / f"{name}.html"


def address(page: str) -> str:
    """Return a report as an address of its own, from which nothing reaches the dashboard."""
    return f"data:text/html;charset=utf-8;base64,{b64encode(page.encode()).decode()}"
