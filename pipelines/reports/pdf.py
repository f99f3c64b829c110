"""The report as PDF: the page as it prints, in fonts that Streamlit brings along."""

import logging
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pipelines.errors import DrumbeatError
from pipelines.reports import html
from pipelines.reports.contents import Report

FOLDER = Path("static/static/media")
FACES = {
    "Source Serif 4": ("SourceSerifVariable-Roman*.woff2", "h1, h2"),
    "Source Sans 3": ("SourceSansVF-Upright*.woff2", "body"),
}
FACE = (
    '@font-face {{ font-family: "{name}"; font-weight: 200 900; src: url("{address}"); }}'
    ' {where} {{ font-family: "{name}" !important; }}'
)


def render(report: Report) -> bytes:
    """Write a report as PDF; raises DrumbeatError where what makes it is not installed."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        # An OSError where the package is there and Pango is not.
        raise DrumbeatError(
            f"no PDF can be made: {error}; install WeasyPrint (pip install weasyprint) and Pango,"
            " or leave pdf out of the formats"
        ) from error
    # It warns of every rule of the stylesheet that paper has no use for.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    fonts = FontConfiguration()
    own = URLFetcher(allowed_protocols={"file"})
    style = CSS(string=faces(), font_config=fonts, url_fetcher=own)
    page = HTML(string=html.plain(report), url_fetcher=URLFetcher(allowed_protocols={"none"}))
    made = page.write_pdf(
        stylesheets=[style], font_config=fonts, pdf_identifier=report.name.encode()
    )
    return bytes(made)


@cache
def faces() -> str:
    """Return the fonts as a stylesheet; nothing where Streamlit keeps them elsewhere."""
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        return ""
    folder = Path(found.origin).parent / FOLDER
    return "\n".join(
        FACE.format(name=name, address=path.as_uri(), where=where)
        for name, (pattern, where) in FACES.items()
        for path in sorted(folder.glob(pattern))[:1]
    )
