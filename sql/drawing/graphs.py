"""Sparkline, interval dot and week bars."""

from collections.abc import Callable, Mapping, Sequence

from sql.drawing.svg import labelled
from sql.drawing.tones import LIGHT

Point = Callable[[int, float], str]
SPARK = 'width="92" height="24" viewBox="0 0 92 24"'
DOT = 'width="96" height="20" viewBox="0 0 96 20"'


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
    return labelled(title, "spark", SPARK, drawn)


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
    return labelled(title, "dot", DOT, drawn)


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
    return labelled(title, "bars", size, drawn)


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
