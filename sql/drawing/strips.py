"""A service's state as a chip, and its deployments as a beat strip."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sql.drawing.svg import labelled
from sql.drawing.tones import LIGHT
from sql.words import escape_html

STRIP = 'width="100%" height="27"'
MOST_TICKS = 120
ACROSS = 400
"""About the pixels of a strip, since on paper a tick is stretched with it."""
# Each state has its shape, its word and its weight, so that colour never speaks alone.
CHIPS = {
    "stalled": ("stalled", "onstall", "M1 1h6v6h-6z"),
    "slowing": ("slowing", "slow", "M0 2h8l-4 6.5z"),
    "watch": ("watch", "ink2", "M4 1.2a3.4 3.4 0 1 0 .01 0zM4 2.4a2.2 2.2 0 1 1 -.01 0z"),
    "dormant": ("dormant", "ink3", "M0 3.8h8v1.7h-8z"),
    "frozen": ("frozen", "ink2", "M1.2 1h2v7h-2zM4.8 1h2v7h-2z"),
    "too new": ("new", "accent", "M3.2 1h1.6v2.9h2.9v1.6h-2.9v2.9h-1.6v-2.9h-2.9v-1.6h2.9z"),
    "on rhythm": ("rhythm", "accent", "M4 1.6a3 3 0 1 0 .01 0z"),
    "never deployed": ("unknown", "ink3", "M4 1.6a3 3 0 1 0 .01 0zM4 2.8a1.8 1.8 0 1 1 -.01 0z"),
    "retired": ("dormant", "ink3", "M0 4.2h8v1h-8z"),
}
HATCH = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><path d="M0 0V6" stroke="{}"/></pattern>'
)


class Beat(NamedTuple):
    """One deployment on a strip."""

    at: datetime
    is_failed: bool = False


class Shade(NamedTuple):
    """A stretch of a strip to be tinted, with the token of its colour, or hatched (``hatch``)."""

    start: datetime
    end: datetime
    token: str


def chip(state: str) -> str:
    """Return a service's state as a chip; ``state`` is in words."""
    kind, tone, shape = CHIPS.get(state, CHIPS["never deployed"])
    # The colour stands in the mark itself, for on paper it inherits none.
    mark = f'<path fill="var(--{tone})" d="{shape}"/>'
    drawn = f'<svg width="9" height="9" viewBox="0 0 8 9" aria-hidden="true">{mark}</svg>'
    return f'<span class="chip {kind}">{drawn}{escape_html(state)}</span>'


def beat_strip(
    beats: Iterable[Beat],
    start: datetime,
    end: datetime,
    title: str,
    *,
    shades: Sequence[Shade] = (),
    now: datetime | None = None,
    tones: Mapping[str, str] = LIGHT,
) -> str:
    """Draw deployments as ticks on a line, failed ones marked by a triangle below.

    What lies after ``now`` is to come; a line stands there.

    Positions are percentages: the strip takes any width without bending its triangles.
    """
    shown = sorted(beat for beat in beats if start <= beat.at <= end)
    ground = (
        f'<line x1="0" x2="100%" y1="18.5" y2="18.5" stroke="{tones["axis"]}" stroke-width="1"/>'
    )
    tinted = "".join(_shade(shade, start, end, tones) for shade in shades)
    ticks = _days(shown, start, end) if len(shown) > MOST_TICKS else _ticks(shown, start, end)
    opacity = 0.9 if len(shown) <= 45 else 0.6
    marks = "".join(
        f'<svg x="{_place(beat.at, start, end):.2f}%" y="20" overflow="visible">'
        '<path d="M-3 6 3 6 0 0.5Z"/></svg>'
        for beat in shown
        if beat.is_failed
    )
    if now is not None:
        at = f"{_place(now, start, end):.2f}%"
        ground += (
            f'<line x1="{at}" x2="{at}" y1="0" y2="27" stroke="{tones["ink3"]}" stroke-width="1"/>'
        )
    drawn = (
        f"{tinted}{ground}"
        f'<g stroke="{tones["accent"]}" fill="{tones["accent"]}" opacity="{opacity}">{ticks}</g>'
        f'<g fill="{tones["stall"]}">{marks}</g>'
    )
    return labelled(title, "strip", STRIP, drawn)


def _place(at: datetime, start: datetime, end: datetime) -> float:
    return 100 * min(max((at - start) / (end - start), 0.0), 1.0)


def _shade(shade: Shade, start: datetime, end: datetime, tones: Mapping[str, str]) -> str:
    left, right = _place(shade.start, start, end), _place(shade.end, start, end)
    place = f'<rect x="{left:.2f}%" width="{right - left:.2f}%" y="4" height="14"'
    if shade.token == "hatch":
        return f'{HATCH.format(tones["ink3"])}{place} fill="url(#hatch)"/>'
    return f'{place} fill="{tones[shade.token]}"/>'


def _ticks(beats: Iterable[Beat], start: datetime, end: datetime) -> str:
    ticks = "".join(f"M{ACROSS * _place(beat.at, start, end) / 100:.1f} 4V18" for beat in beats)
    return _stretched(f'<path d="{ticks}" stroke-width="1.7" vector-effect="non-scaling-stroke"/>')


def _days(beats: Iterable[Beat], start: datetime, end: datetime) -> str:
    """Draw a bar a day, its height for the count, where single ticks would run together."""
    counts = Counter((beat.at - start).days for beat in beats)
    most, day = max(counts.values()), ACROSS / ((end - start) / timedelta(days=1))
    bars = "".join(
        f"M{index * day:.1f} 18v-{tall:.1f}h{day * 0.75:.1f}v{tall:.1f}z"
        for index, count in sorted(counts.items())
        for tall in [max(2.0, 15 * count / most)]
    )
    return _stretched(f'<path d="{bars}" stroke="none"/>')


def _stretched(drawn: str) -> str:
    """Stretch one path over the width: a page of services would have a thousand ticks."""
    view = f'viewBox="0 0 {ACROSS} 27" preserveAspectRatio="none"'
    return f'<svg width="100%" height="27" {view}>{drawn}</svg>'
