"""Small pictures as SVG text: chip, beat strip, sparkline, interval dot, week bars.

They stand in tables, on pages and in reports, so each carries its words as title and label.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import NamedTuple

from sql.words import escape_html

LIGHT: Mapping[str, str] = {
    "paper": "#FCFBF9",
    "panel": "#F4F2ED",
    "line": "#E3E0D8",
    "axis": "#C9C5BA",
    "quiet": "#ECEAE4",
    "ink": "#1D2026",
    "ink2": "#4D525C",
    "ink3": "#60656F",
    "accent": "#1D5C9E",
    "accent2": "#6391C2",
    "band": "#DDE7F2",
    "slow": "#8F5200",
    "slowtint": "#FAECD2",
    "slowmark": "#C27800",
    "stall": "#B23A1E",
    "stalltint": "#F8E1DA",
    "onstall": "#FFFFFF",
}
DARK: Mapping[str, str] = {
    "paper": "#15171B",
    "panel": "#1C1F24",
    "line": "#2E3238",
    "axis": "#474C54",
    "quiet": "#262A30",
    "ink": "#ECEAE5",
    "ink2": "#BABEC6",
    "ink3": "#959AA4",
    "accent": "#7DB1EA",
    "accent2": "#4A76A6",
    "band": "#22344A",
    "slow": "#F0B759",
    "slowtint": "#3A2E17",
    "slowmark": "#DE9E2F",
    "stall": "#FF9478",
    "stalltint": "#44241C",
    "onstall": "#1A0E0A",
}
# For pages whose stylesheet defines the tokens as variables, so that one picture serves both modes.
CSS: Mapping[str, str] = {name: f"var(--{name})" for name in LIGHT}

Point = Callable[[int, float], str]
STRIP = 'width="100%" height="27"'
SPARK = 'width="92" height="24" viewBox="0 0 92 24"'
DOT = 'width="96" height="20" viewBox="0 0 96 20"'
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
    return (
        f"{_open(title, 'strip', STRIP)}{tinted}{ground}"
        f'<g stroke="{tones["accent"]}" fill="{tones["accent"]}" opacity="{opacity}">{ticks}</g>'
        f'<g fill="{tones["stall"]}">{marks}</g></svg>'
    )


def sparkline(
    values: Sequence[float | None],
    title: str,
    *,
    low: Sequence[float | None] = (),
    high: Sequence[float | None] = (),
    tones: Mapping[str, str] = LIGHT,
) -> str:
    """Draw a line over time with its band; what is missing stays a gap."""
    known = [value for value in (*values, *low, *high) if value is not None]
    if not known or not any(value is not None for value in values):
        return ""
    least, most = min(known), max(known)
    span = most - least or 1.0
    step = 84 / max(len(values) - 1, 1)

    def point(index: int, value: float) -> str:
        return f"{2 + index * step:.1f} {21 - 18 * (value - least) / span:.1f}"

    drawn = "".join(
        f'<path d="{_joined(points)}Z" fill="{tones["band"]}"/>'
        for points in _bands(low, high, point)
    )
    drawn += "".join(
        f'<path d="{_joined(points)}" fill="none" stroke="{tones["accent"]}"'
        ' stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>'
        for points in _runs(values, point)
    )
    if values[-1] is not None:
        across, down = point(len(values) - 1, values[-1]).split()
        drawn += f'<circle cx="{across}" cy="{down}" r="2.4" fill="{tones["accent"]}"/>'
    return f"{_open(title, 'spark', SPARK)}{drawn}</svg>"


def interval_dot(
    value: float,
    low: float,
    high: float,
    top: float,
    title: str,
    *,
    reference: float | None = None,
    is_beyond: bool = False,
    tones: Mapping[str, str] = LIGHT,
) -> str:
    """Draw a value in its interval on a scale from 0 to ``top``, a reference dotted.

    Beyond chance it is a diamond in another colour, so that colour never speaks alone.
    """

    def across(share: float) -> float:
        return 4 + 88 * min(share / top, 1.0)

    colour = tones["stall" if is_beyond else "accent"]
    drawn = f'<line x1="4" x2="92" y1="17.5" y2="17.5" stroke="{tones["line"]}"/>'
    if reference is not None:
        at = f"{across(reference):.1f}"
        drawn += (
            f'<line x1="{at}" x2="{at}" y1="2" y2="17" stroke="{tones["ink3"]}"'
            ' stroke-dasharray="1 2"/>'
        )
    width = max(across(high) - across(low), 1.0)
    drawn += (
        f'<rect x="{across(low):.1f}" y="7.5" width="{width:.1f}" height="5"'
        f' fill="{colour}" opacity=".35"/>'
    )
    at, diamond = f"{across(value):.1f}", "M0 -4.4 4.4 0 0 4.4 -4.4 0Z"
    drawn += (
        f'<path d="{diamond}" transform="translate({at} 10)" fill="{colour}"/>'
        if is_beyond
        else f'<circle cx="{at}" cy="10" r="3.4" fill="{colour}"/>'
    )
    return f"{_open(title, 'dot', DOT)}{drawn}</svg>"


def week_bars(
    counts: Sequence[int],
    title: str,
    *,
    low: Sequence[float | None] = (),
    high: Sequence[float | None] = (),
    is_last_unfinished: bool = False,
    tones: Mapping[str, str] = LIGHT,
    width: int = 720,
    height: int = 120,
) -> str:
    """Draw a bar a week over the usual range, the unfinished week hollow."""
    most = max([1.0, *map(float, counts), *(value for value in high if value is not None)])
    step, floor = width / max(len(counts), 1), height - 1

    def up(value: float) -> float:
        return (height - 4) * value / most

    drawn = "".join(
        f'<rect x="{index * step:.1f}" y="{floor - up(above):.1f}" width="{step:.2f}"'
        f' height="{up(above) - up(below):.1f}" fill="{tones["band"]}"/>'
        for index, (below, above) in enumerate(zip(low, high, strict=True))
        if below is not None and above is not None
    )
    for index, count in enumerate(counts):
        is_open = is_last_unfinished and index == len(counts) - 1
        paint = (
            f'fill="none" stroke="{tones["accent"]}" stroke-dasharray="2 2"'
            if is_open
            else f'fill="{tones["accent"]}"'
        )
        drawn += (
            f'<rect x="{(index + 0.18) * step:.1f}" y="{floor - up(count):.1f}"'
            f' width="{step * 0.64:.1f}" height="{up(count):.1f}" {paint}/>'
        )
    drawn += f'<line x1="0" x2="{width}" y1="{floor}" y2="{floor}" stroke="{tones["axis"]}"/>'
    size = f'width="100%" viewBox="0 0 {width} {height}"'
    return f"{_open(title, 'bars', size)}{drawn}</svg>"


def _open(title: str, kind: str, size: str) -> str:
    said = escape(" ".join(title.split()), quote=True)
    return f'<svg class="{kind}" {size} role="img" aria-label="{said}"><title>{said}</title>'


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


def _joined(points: Sequence[str]) -> str:
    return "M" + "L".join(points)


def _runs(values: Sequence[float | None], point: Point) -> list[list[str]]:
    """Part a line at its gaps; a lone value becomes a short dash."""
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(point(index, value))
    return [run if len(run) > 1 else run * 2 for run in runs if run]


def _bands(
    low: Sequence[float | None], high: Sequence[float | None], point: Point
) -> list[list[str]]:
    """Outline the band once for every unbroken run, so that no gap is bridged."""
    runs: list[tuple[list[str], list[str]]] = [([], [])]
    for index, (below, above) in enumerate(zip(low, high, strict=True)):
        if below is None or above is None:
            runs.append(([], []))
        else:
            runs[-1][0].append(point(index, above))
            runs[-1][1].append(point(index, below))
    return [over + under[::-1] for over, under in runs if len(over) > 1]
