"""The small pictures in tables and reports."""

import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest

from sql.drawing import graphs, strips
from sql.drawing.strips import Beat, Shade
from sql.drawing.tones import CSS, DARK, LIGHT

START = datetime(2026, 9, 1, tzinfo=UTC)
END = START + timedelta(days=84)
HOSTILE = '"><script>alert(1)</script>\n\n&'


def parsed(svg):
    return ElementTree.fromstring(svg)


def at(day, is_failed=False):
    return Beat(START + timedelta(days=day), is_failed)


def ticks(svg):
    drawn = next(path.get("d") for path in parsed(svg).iter("path"))
    return [f"M{tick}" for tick in drawn.split("M")[1:]]


def test_a_strip_has_a_tick_for_each_deployment_and_a_triangle_for_each_failed_one():
    svg = strips.beat_strip([at(0), at(42, True), at(84)], START, END, "three deployments")

    assert ticks(svg) == ["M0.0 4V18", "M200.0 4V18", "M400.0 4V18"]
    assert [mark.get("x") for mark in parsed(svg).iter("svg") if mark.get("x")] == ["50.00%"]


def test_a_strip_leaves_out_what_lies_outside_it():
    svg = strips.beat_strip([at(-1), at(85)], START, END, "none")

    assert ticks(svg) == []


def test_a_crowded_strip_becomes_a_bar_a_day():
    crowd = [at(day + hour / 24) for day in range(84) for hour in range(20)]

    bars = ticks(strips.beat_strip(crowd, START, END, "many"))

    assert len(bars) == 84


def test_silence_is_shaded_from_its_start_to_the_end():
    svg = strips.beat_strip([at(21)], START, END, "quiet", shades=[Shade(at(21).at, END, "slow")])

    shade = next(parsed(svg).iter("rect"))
    assert (shade.get("x"), shade.get("width")) == ("25.00%", "75.00%")
    assert shade.get("fill") == LIGHT["slow"]


def test_a_gap_in_a_sparkline_stays_a_gap_in_line_and_band():
    svg = graphs.sparkline([1, 2, None, 3, 4], "gap", low=[1, 1, None, 1, 1], high=[5, 5, 5, 5, 5])

    paths = [path.get("fill") for path in parsed(svg).iter("path")]
    assert paths == [LIGHT["band"]] * 2 + ["none"] * 2


def test_a_sparkline_without_values_is_nothing():
    assert graphs.sparkline([], "") == ""
    assert graphs.sparkline([None, None], "", low=[1, 1], high=[2, 2]) == ""


def test_a_level_sparkline_is_drawn_without_dividing_by_its_span():
    assert "NaN" not in graphs.sparkline([2, 2, 2], "level")
    assert graphs.sparkline([2], "one")


def test_an_interval_beyond_the_scale_is_cut_at_its_end():
    drawn = parsed(graphs.interval_dot(0.9, 0.5, 1.0, 0.4, "far"))

    bar = next(drawn.iter("rect"))
    assert float(bar.get("x")) + float(bar.get("width")) <= 96


def test_an_interval_beyond_chance_is_a_diamond_not_only_another_colour():
    plain = graphs.interval_dot(0.1, 0.05, 0.2, 0.4, "plain", reference=0.08)
    beyond = graphs.interval_dot(0.1, 0.05, 0.2, 0.4, "beyond", is_beyond=True)

    assert "<circle" in plain
    assert "stroke-dasharray" in plain
    assert "<path" in beyond


def test_the_unfinished_week_is_hollow():
    drawn = parsed(graphs.week_bars([3, 1], "weeks", is_last_unfinished=True))

    assert [bar.get("fill") for bar in drawn.iter("rect")] == [LIGHT["accent"], "none"]


def test_week_bars_of_nothing_are_drawn():
    assert parsed(graphs.week_bars([], "no weeks")).get("aria-label") == "no weeks"


def test_bars_stand_on_their_usual_range():
    drawn = graphs.week_bars([3, 1], "weeks", low=[None, 1.0], high=[None, 4.0])

    assert drawn.count(LIGHT["band"]) == 1


@pytest.mark.parametrize(
    "svg",
    [
        strips.beat_strip([at(1)], START, END, HOSTILE),
        graphs.sparkline([1, 2], HOSTILE),
        graphs.interval_dot(0.1, 0, 0.2, 0.4, HOSTILE),
        graphs.week_bars([1], HOSTILE),
    ],
)
def test_hostile_titles_are_escaped_and_every_picture_says_itself(svg):
    assert "<script>" not in svg
    assert "\n" not in svg
    assert parsed(svg).get("role") == "img"
    assert parsed(svg).get("aria-label") == '"><script>alert(1)</script> &'
    assert next(parsed(svg).iter("title")).text == parsed(svg).get("aria-label")


def test_the_three_palettes_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys() == CSS.keys()
