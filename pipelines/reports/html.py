"""The report as one HTML file: style inline, pictures as SVG, nothing fetched, no script."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipelines.reports.contents import (
    AnyCell,
    Bars,
    Cell,
    Chip,
    Mark,
    Report,
    Said,
    Strip,
    Trend,
)
from sql import words
from sql.drawing import graphs, strips
from sql.drawing.tones import CSS, DARK, LIGHT

# A name of the month under every so many bars, so that they never run together.
MONTHS_APART = 2
VARIABLE = re.compile(r"var\(--([a-z0-9]+)\)")
# Worse points down, better up; neither speaks by its colour alone.
MARKS = {
    verdict: Markup(
        f'<svg class="mark {verdict}" width="11" height="10" viewBox="0 0 11 10" role="img"'
        f' aria-label="{verdict}"><title>{verdict}</title>'
        f'<path d="{path}" fill="var(--{tone})"/></svg>'
    )
    for verdict, tone, path in (
        ("worse", "stall", "M0 1h11L5.5 10z"),
        ("better", "ink3", "M0 9h11L5.5 0z"),
    )
}
WATERMARK = (
    '<text x="{left}" y="86" font-size="58"'
    ' font-family="sans-serif" font-weight="600" fill="var(--paper)" stroke="var(--ink)"'
    ' stroke-width=".4" opacity=".3">d&#160;e&#160;m&#160;o</text></svg>'
)


def render(report: Report) -> str:
    """Write a report as HTML."""
    return _environment().get_template("weekly.html").render(report=report, is_plain=False)


def plain(report: Report) -> str:
    """Write a report as HTML in one mode, its colours written in: paper and mail know no names."""
    page = _environment().get_template("weekly.html").render(report=report, is_plain=True)
    return VARIABLE.sub(lambda found: LIGHT[found[1]], page)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipelines.reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "sentence": sentence,
        "cell": cell,
        "bars": bars,
        "width": width,
        "months": months,
    }
    environment.globals |= {"light": variables(LIGHT), "dark": variables(DARK)}
    return environment


def variables(tones: Mapping[str, str]) -> Markup:
    """Name the colours of a mode for the stylesheet."""
    return Markup(";".join(f"--{name}:{tone}" for name, tone in tones.items()))


def sentence(said: words.Sentence) -> Markup:
    """Write a sentence, whose words come escaped."""
    return Markup(words.html(said))


def cell(found: AnyCell) -> Markup:
    """Write what stands in a cell."""
    match found:
        case Cell():
            return _words(found)
        case Said(said):
            return sentence(said)
        case Chip(state):
            return Markup(strips.chip(state))
        case Mark(verdict):
            return MARKS[verdict]
        case Trend():
            return Markup(
                graphs.sparkline(
                    found.values, found.title, low=found.low, high=found.high, tones=CSS
                )
            )
        case Strip():
            return _strip(found)


def _words(found: Cell) -> Markup:
    # Text of another direction keeps its own and turns nothing around it.
    said = Markup("<bdi>{}</bdi>").format(found.text)
    if found.url:
        said = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
            found.url, said
        )
    if found.is_strong:
        said = Markup("<b>{}</b>").format(said)
    return said + (Markup(" <small>{}</small>").format(found.note) if found.note else "")


def _strip(found: Strip) -> Markup:
    return Markup(
        strips.beat_strip(
            found.beats, found.start, found.end, found.title, shades=found.shades, tones=CSS
        )
    )


def bars(found: Bars, *, is_demo: bool) -> Markup:
    """Draw the weeks; what is made up says so inside the picture, wherever that is pasted."""
    picture = graphs.week_bars(
        found.counts,
        found.title,
        low=found.low,
        high=found.high,
        is_last_unfinished=found.is_last_unfinished,
        tones=CSS,
        width=width(found),
    )
    mark = WATERMARK.format(left=width(found) // 2 - 110)
    return Markup(picture.removesuffix("</svg>") + mark if is_demo else picture)


def width(found: Bars) -> int:
    """Return the picture's width in pixels: a short history makes no bars like walls."""
    return min(820, max(240, 36 * len(found.counts)))


def months(found: Bars) -> list[tuple[str, str]]:
    """Return the months to be named under the bars, each with its place in percent."""
    named = []
    for index in range(len(found.counts)):
        monday = found.first_on + timedelta(weeks=index)
        is_first = monday.day <= 7 and monday.month % MONTHS_APART == 1
        if is_first and index < len(found.counts) - 2:
            name = words.MONTHS[monday.month - 1][:3] if monday.month > 1 else str(monday.year)
            named.append((f"{100 * index / len(found.counts):.1f}", name))
    return named
