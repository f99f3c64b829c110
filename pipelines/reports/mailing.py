"""The report as mail: plain text, and HTML whose pictures are PNG where a browser draws them."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from pipelines.reports import html, markdown, pictures
from pipelines.reports.contents import Report

LABEL = re.compile(r'aria-label="([^"]*)"')
WHOLE = '<p class="whole"><a href="{}">The whole report</a></p>\n</main>'


def letter(report: Report, url: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Return subject, both texts and the pictures by their content ids, as JSON can hold them."""
    page = html.plain(report)
    if url:
        page = page.replace("</main>", WHOLE.format(escape(url, quote=True)), 1)
    found = dict.fromkeys(one for _, one in pictures.parted(page) if pictures.is_drawn(one))
    drawn = pictures.drawn([*found], say)
    return {
        "subject": f"Drumbeat weekly: {report.title}",
        "text": markdown.render(report) + (f"\n{url}\n" if url else ""),
        "html": with_images(page, drawn),
        "pictures": {name(png): b64encode(png).decode() for png in drawn.values()},
    }


def with_images(page: str, drawn: Mapping[str, bytes]) -> str:
    """Return a page with images in place of what was drawn, and words in place of small marks."""
    return "".join(
        text + (image(one, drawn[one]) if one in drawn else mark(one))
        for text, one in pictures.parted(page)
    )


def image(picture: str, png: bytes) -> str:
    """Return the image that stands for a picture."""
    wide, high = pictures.size(picture)
    return (
        f'<img src="cid:{name(png)}" width="{wide}" height="{high}" alt="{label(picture)}"'
        ' style="max-width:100%">'
    )


def mark(picture: str) -> str:
    """Return a picture that was not drawn: itself, or of a mark its word alone."""
    return picture if not picture or pictures.is_drawn(picture) else label(picture)


def label(picture: str) -> str:
    """Return what a picture says to who does not see it, as HTML."""
    found = LABEL.search(picture)
    return found[1] if found else ""


def name(png: bytes) -> str:
    """Return the content id of a picture."""
    return f"{hashlib.sha256(png).hexdigest()[:16]}@drumbeat"
