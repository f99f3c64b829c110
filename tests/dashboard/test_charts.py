"""Charts: what they draw, and that they draw nothing false."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from dashboard import charts, theme
from dashboard.questions import delivery, measured, shipped
from sql import names
from sql.drawing.tones import DARK, LIGHT
from tests.dashboard import organisation

SINCE = date(2025, 11, 24)


@pytest.fixture(autouse=True)
def _folder(published, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(published))


def checkout(period="week"):
    return measured.metrics("service", "checkout", SINCE, period)


@pytest.mark.parametrize("tone", [LIGHT, DARK])
@pytest.mark.parametrize("metric", names.WINDOWS)
def test_a_trend_ends_in_the_last_whole_week_and_says_its_value(tone, metric):
    figure = charts.metric_trend(checkout()[metric], SINCE, tone)

    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert dots[0].x[0] == date(2026, 11, 16)
    assert figure.layout.annotations[0].text.startswith("<b>")


def test_what_was_last_known_of_an_earlier_week_is_not_drawn_as_of_now():
    last = pl.when(pl.col("shown_on") < date(2026, 11, 16)).then("value")

    rows = checkout()["change_fail_rate"].with_columns(last)
    figure = charts.metric_trend(rows, SINCE, LIGHT)

    (dot,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert dot.x[0] == date(2026, 11, 9)
    assert dot.marker.color == LIGHT["ink3"]
    assert "<b>" not in figure.layout.annotations[0].text


@pytest.mark.parametrize("since", [SINCE, date(2026, 11, 2)])
def test_a_trend_names_months_or_within_one_its_first_and_last_day(since):
    axis = charts.metric_trend(checkout()["change_fail_rate"], since, LIGHT).layout.xaxis

    if since == SINCE:
        assert all(day.day == 1 for day in axis.tickvals)
        assert axis.tickformat == "%b"
    else:
        assert list(axis.tickvals) == [date(2026, 11, 2), date(2026, 11, 23)]
        assert axis.tickformat == "%-d %b"


def test_the_unfinished_week_is_a_hollow_dot_in_frequency_alone():
    tone = LIGHT
    frequency = charts.metric_trend(checkout()["deployment_frequency"], SINCE, tone)
    share = charts.metric_trend(checkout()["change_fail_rate"], SINCE, tone)

    assert [t.marker.color for t in frequency.data if t.mode == "markers"][1] == tone["paper"]
    assert len([t for t in share.data if t.mode == "markers"]) == 1


def test_a_gap_in_the_band_is_never_bridged():
    rows = checkout()["change_fail_rate"].with_columns(
        low=pl.when(pl.col("shown_on") == date(2026, 6, 1)).then(None).otherwise("low")
    )

    figure = charts.metric_trend(rows, SINCE, LIGHT)

    assert len([trace for trace in figure.data if trace.fill == "toself"]) == 2


def test_the_unfinished_week_is_hatched_and_out_of_the_usual_band():
    figure = charts.weekly_bars(checkout()["deployment_frequency"], SINCE, LIGHT, noun="deployment")
    band, bars = figure.data

    assert list(bars.marker.pattern.shape)[-2:] == ["", "/"]
    assert len(band.x) == len(bars.x) - 1
    assert figure.layout.yaxis.rangemode == "tozero"


def test_stages_add_up_to_the_median_and_waiting_is_hatched():
    rows = delivery.stages("service", "checkout", date(2026, 11, 16))

    figure = charts.stages(rows, LIGHT)

    totals = [sum(bar.x[at] for bar in figure.data) for at in range(rows.height)]
    assert totals == pytest.approx(rows["lead_time_hours"].to_list())
    hatched = {bar.customdata[0].split(":")[0] for bar in figure.data if bar.marker.pattern.shape}
    assert hatched == {"pickup", "merge", "wait"}


def test_a_stage_that_nobody_measured_is_left_out():
    rows = delivery.stages("service", "checkout", date(2026, 11, 16))
    rows = rows.with_columns(
        pickup_hours=None, all_hours=pl.col("all_hours") - pl.col("pickup_hours")
    )

    names = {bar.customdata[0].split(":")[0] for bar in charts.stages(rows, LIGHT).data}

    assert "pickup" not in names


def test_a_year_ago_alone_is_never_called_now():
    rows = delivery.stages("service", "checkout", date(2026, 11, 16)).filter(~pl.col("is_now"))

    figure = charts.stages(rows, LIGHT)

    assert set(figure.data[0].y) == {"a year before"}


def test_a_lead_time_known_only_as_a_whole_names_no_stage():
    rows = delivery.stages("service", "checkout", date(2026, 11, 16))
    others = ("coding_hours", "pickup_hours", "review_hours", "merge_hours", "wait_hours")
    rows = rows.with_columns(*(pl.lit(None, pl.Float64).alias(name) for name in others))
    rows = rows.with_columns(all_hours="deployment_hours")

    figure = charts.stages(rows, LIGHT)

    assert [bar.marker.color for bar in figure.data] == [LIGHT["accent"]]
    assert not {"deploy", "coding"} & {label.text for label in figure.layout.annotations}


def test_an_open_failure_reaches_to_now():
    as_of = datetime(2026, 11, 23, 12, tzinfo=UTC)
    rows = pl.DataFrame(
        {
            "service": ["shop"],
            "rollout_id": ["1"],
            "finished_at": [as_of - timedelta(days=2)],
            "outcome": ["failed"],
            "recovery_hours": [None],
            "confidence": [0.4],
        }
    )

    figure = charts.timeline(rows, as_of, "Europe/Berlin", LIGHT)

    joined, bar = (trace for trace in figure.data[1:-2] if trace.x)
    assert joined.line.dash == "dot"
    assert (bar.opacity, bar.x[1]) == (0.45, datetime(2026, 11, 23, 13))  # noqa: DTZ001


def test_the_timeline_has_a_lane_for_each_service_that_was_asked_for():
    rows = shipped.latest_rollouts(["checkout", "web-shop", "stock"], date(2026, 11, 9))

    figure = charts.timeline(
        rows, organisation.AS_OF, "UTC", LIGHT, lanes=["web-shop", "checkout"], days=14
    )

    assert figure.layout.yaxis.ticktext == ("web-shop", "checkout")
    assert {round(y, 2) for y in figure.data[0].y if y is not None} == {0.0, 0.45, -1.7, -1.25}


def test_a_recovery_curve_falls_in_steps_and_marks_what_is_open():
    rows = pl.DataFrame(
        {
            "span": ["now", "now"], "hours": [1.0, 4.0], "open_share": [0.5, 0.5],
            "low_share": [0.2, 0.2], "high_share": [0.8, 0.8], "over_count": [1, 0],
            "open_count": [0, 1], "failed_count": [2, 2],
        }
    )  # fmt: skip

    band, line, still_open = charts.recovery_curve(rows, LIGHT).data

    assert (line.x, line.y, line.line.shape) == ((0.0, 1.0, 4.0), (1.0, 0.5, 0.5), "hv")
    assert list(band.x)[:3] == [0.0, 1.0, 1.0]
    assert (list(still_open.x), list(still_open.y)) == ([4.0], [0.5])


def test_a_fail_rate_beyond_chance_is_a_diamond_and_too_few_draw_no_dot():
    rows = pl.DataFrame(
        {
            "service": ["worse", "same", "new"], "value": [0.4, 0.2, 1.0], "low": [0.2, 0.12, 0.2],
            "high": [0.6, 0.3, 1.0], "n": [40, 50, 2], "is_too_few": [False, False, True],
            "is_worse": [True, False, False],
        }
    )  # fmt: skip

    figure = charts.fail_rates(rows, 0.1, LIGHT)

    _, dots = figure.data
    assert list(dots.marker.symbol) == ["diamond", "circle"]
    assert "too few to tell" in {note.text for note in figure.layout.annotations}
    assert "n = 2" in {note.text for note in figure.layout.annotations}


def test_a_group_is_a_diamond_where_it_is_said_to_fail_more_often_whatever_its_interval():
    shared = {"fail_rate": 0.2, "low_rate": 0.15, "high_rate": 0.3, "deployment_count": 60}
    rows = [
        {**shared, "failed_count": 12, "is_too_few": False, "is_worse": True},
        {**shared, "failed_count": 5, "is_too_few": False, "is_worse": False},
    ]

    _, dots = charts.rate_dots(rows, ["Monday", "Tuesday"], LIGHT).data

    assert list(dots.marker.symbol) == ["diamond", "circle"]


def test_nothing_at_all_can_be_drawn():
    nothing = checkout()["deployment_frequency"].clear()

    assert charts.metric_trend(nothing, SINCE, LIGHT).layout.height
    assert charts.weekly_bars(nothing, SINCE, LIGHT, noun="release").layout.height
    deployments = shipped.deployments("nobody")
    assert charts.timeline(deployments, organisation.AS_OF, "UTC", LIGHT).layout.height


def test_pictures_of_made_up_data_say_so():
    figure = charts.metric_trend(checkout()["rework_rate"], SINCE, LIGHT, is_demo=True)

    assert figure.layout.annotations[-1].text == "demo"


def test_the_template_carries_the_tokens_and_no_legend():
    for tone in (LIGHT, DARK):
        layout = theme.template(tone).layout
        assert layout.colorway[0] == tone["accent"]
        assert layout.showlegend is False
        assert layout.xaxis.fixedrange is True


def test_lead_times_are_drawn_by_doublings_with_their_named_hours():
    rows = pl.DataFrame(
        {
            "step": [0, 4, 14], "from_hours": [0, 2, 2048], "to_hours": [0.25, 4, None],
            "change_count": [1, 5, 2],
        }
    )  # fmt: skip

    figure = charts.spread(rows, {"half": 2.0, "nine in ten": None}, LIGHT)

    assert list(figure.data[0].x) == [-2.5, 1.5, 11.5]
    assert [text.partition(":")[0] for text in figure.data[0].customdata] == [
        "under 15 min", "2.0 h to 4.0 h", "over 85 days",
    ]  # fmt: skip
    assert [label.text for label in figure.layout.annotations] == ["half: 2.0 h"]
    assert figure.layout.shapes[1].x0 == 1.0
