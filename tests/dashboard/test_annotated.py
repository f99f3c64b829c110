"""What people remember, marked on charts of time and said under them."""

from datetime import date, datetime, time, timedelta

import plotly.graph_objects as go
import pytest

from dashboard import charts
from sql.drawing.tones import LIGHT

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 30)


def figure():
    shapes = [{"type": "line", "x0": 0, "x1": 1}]
    return go.Figure(layout={"xaxis": {"range": [FIRST, LAST]}, "shapes": shapes})


def marked(*spans, text="Moved"):
    rows = [{"starts_on": first, "ends_on": last, "text": text} for first, last in spans]
    return charts.annotated(figure(), rows, LIGHT)


def day(number):
    return date(2026, 3, number)


def midnight(number):
    return datetime.combine(day(number), time())


def test_a_day_is_a_line_and_several_are_a_span_and_what_was_there_stays():
    drawn = marked((day(4), day(4)), (day(9), day(10)))

    assert [shape.type for shape in drawn.layout.shapes] == ["line", "line", "rect"]
    assert drawn.layout.shapes[1].x0 == drawn.layout.shapes[1].x1 == midnight(4)
    assert (drawn.layout.shapes[2].x0, drawn.layout.shapes[2].x1) == (
        midnight(9),
        midnight(11),
    )
    assert [mark.hovertext for mark in drawn.layout.annotations] == [
        "Wed 4 Mar<br>Moved",
        "Mon 9 Mar to Tue 10 Mar<br>Moved",
    ]


@pytest.mark.parametrize(
    ("first", "last", "is_drawn"),
    [
        (FIRST - timedelta(days=9), FIRST - timedelta(days=1), False),
        (FIRST - timedelta(days=9), FIRST, True),
        (LAST, LAST + timedelta(days=9), True),
        (LAST + timedelta(days=1), LAST + timedelta(days=9), False),
    ],
)
def test_what_lies_outside_is_cut_or_left_out(first, last, is_drawn):
    drawn = marked((first, last))

    assert len(drawn.layout.annotations) == is_drawn
    for shape in drawn.layout.shapes[1:]:
        assert midnight(2) <= shape.x0 <= shape.x1 <= midnight(30)


def test_text_from_outside_is_no_markup():
    (mark,) = marked((day(4), day(4)), text="<b>x</b><br>").layout.annotations

    assert "&lt;b&gt;x" in mark.hovertext
    assert mark.hovertext.count("<br>") == 1


def test_a_page_says_what_happened_to_its_own_scope(published, opened):
    def said(page, **query):
        app = opened(published, page, **query)
        assert not app.exception
        return next(one.value for one in app.markdown if "Marked ▾" in one.value)

    checkout = said("service", service="checkout")
    assert "Tue 10 Nov: Behind flags" in checkout
    assert "Mon 3 Aug to Fri 14 Aug: Moved &lt;b&gt;x&lt;/b&gt;" in checkout
    assert "Two people joined" in checkout
    assert "Long ago" not in checkout
    assert "Mon 1 Jun: change lead time from 30 h to 18 h" in checkout
    everybody = said("overview")
    assert "deployment frequency from 80 to 90" in everybody
    assert "change lead time" not in everybody
    assert "Moved" in everybody
    assert "Behind flags" not in everybody
    assert "Two people joined" not in everybody
