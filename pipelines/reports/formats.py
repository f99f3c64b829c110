"""What a report can be written as."""

from collections.abc import Callable, Mapping

from pipelines.reports import html, markdown, numbers, pdf, slack
from pipelines.reports.contents import Report

FORMATS: Mapping[str, tuple[str, Callable[[Report], str | bytes]]] = {
    "html": ("html", html.render),
    "md": ("md", markdown.render),
    "pdf": ("pdf", pdf.render),
    "json": ("json", numbers.render),
    "slack": ("slack.json", slack.render),
}
"""How the name of its file ends, and who writes it."""


def made(report: Report, form: str) -> bytes:
    """Write a report in a form."""
    content = FORMATS[form][1](report)
    return content if isinstance(content, bytes) else content.encode()
