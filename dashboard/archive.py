"""The weekly reports that were written: files in the data directory, the latest week first."""

import re
from html import escape
from pathlib import Path

from dashboard import data
from sql.words import escape_html

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


def frame(page: str, name: str, height: int) -> str:
    """Return a report as a document of its own: it runs no script and reaches no dashboard.

    Streamlit's own frame asks for features that browsers complain of.
    """
    # A blank line would end the HTML in Markdown.
    document = escape(page).replace("\n", "&#10;").replace("\r", "&#13;")
    return (
        f'<iframe class="report" title="The weekly report {escape_html(name)}" height="{height}"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox"'
        f' srcdoc="{document}"></iframe>'
    )
