"""Charts: what they draw, and that they draw nothing false."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from dashboard import charts, questions, theme
from sql import drawing, names
from tests.dashboard import organisation

SINCE = date(2025, 11, 24)


@pytest.fixture(autouse=True)
def _folder(published, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(published))


def checkout(period="week"):
    return questions.metrics("service", "checkout", SINCE, period)


@pytest.mark.parametrize("tone", [drawing.LIGHT, drawing.DARK])
@pytest.mark.parametrize("metric", names.WINDOWS)
def test_a_trend_ends_in_the_last_whole_week_and_says_its_value(tone, metric):
    figure = charts.metric_trend(checkout()[metric], SINCE, tone)

    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert dots[0].x[0] == date(2026, 11, 16)
    assert figure.layout.annotations[0].text.startswith("<b>")


def test_the_unfinished_week_is_a_hollow_dot_in_frequency_alone():
    tone = drawing.LIGHT
    frequency = charts.metric_trend(checkout()["deployment_frequency"], SINCE, tone)
    share = charts.metric_trend(checkout()["change_fail_rate"], SINCE, tone)

    assert [t.marker.color for t in frequency.data if t.mode == "markers"][1] == tone["paper"]
    assert len([t for t in share.data if t.mode == "markers"]) == 1


def test_a_gap_in_the_band_is_never_bridged():
    rows = checkout()["change_fail_rate"].with_columns(
        low=pl.when(pl.col("shown_on") == date(2026, 6, 1)).then(None).otherwise("low")
    )

    figure = charts.metric_trend(rows, SINCE, drawing.LIGHT)

    assert len([trace for trace in figure.data if trace.fill == "toself"]) == 2


def test_the_unfinished_week_is_hatched_and_out_of_the_usual_band():
    figure = charts.weekly_bars(
        checkout()["deployment_frequency"], SINCE, drawing.LIGHT, noun="deployment"
    )
    band, bars = figure.data

    assert list(bars.marker.pattern.shape)[-2:] == ["", "/"]
    assert len(band.x) == len(bars.x) - 1
    assert figure.layout.yaxis.rangemode == "tozero"


def test_stages_add_up_to_the_median_and_waiting_is_hatched():
    rows = questions.stages("checkout", date(2026, 11, 16))

    figure = charts.stages(rows, drawing.LIGHT)

    totals = [sum(bar.x[at] for bar in figure.data) for at in range(rows.height)]
    assert totals == pytest.approx(rows["lead_time_hours"].to_list())
    hatched = {bar.customdata[0].split(":")[0] for bar in figure.data if bar.marker.pattern.shape}
    assert hatched == {"pickup", "merge", "wait"}


def test_a_stage_that_nobody_measured_is_left_out():
    rows = questions.stages("checkout", date(2026, 11, 16))
    rows = rows.with_columns(
        pickup_hours=None, all_hours=pl.col("all_hours") - pl.col("pickup_hours")
    )

    names = {bar.customdata[0].split(":")[0] for bar in charts.stages(rows, drawing.LIGHT).data}

    assert "pickup" not in names


def test_a_year_ago_alone_is_never_called_now():
    rows = questions.stages("checkout", date(2026, 11, 16)).filter(~pl.col("is_now"))

    figure = charts.stages(rows, drawing.LIGHT)

    assert set(figure.data[0].y) == {"a year ago"}


def test_a_lead_time_known_only_as_a_whole_names_no_stage():
    rows = questions.stages("checkout", date(2026, 11, 16))
    others = ("coding_hours", "pickup_hours", "review_hours", "merge_hours", "wait_hours")
    rows = rows.with_columns(*(pl.lit(None, pl.Float64).alias(name) for name in others))
    rows = rows.with_columns(all_hours="deployment_hours")

    figure = charts.stages(rows, drawing.LIGHT)

    assert [bar.marker.color for bar in figure.data] == [drawing.LIGHT["accent"]]
    assert not {"deploy", "coding"} & {label.text for label in figure.layout.annotations}


def test_an_open_failure_reaches_to_now():
    as_of = datetime(2026, 11, 23, 12, tzinfo=UTC)
    rows = pl.DataFrame(
        {
            "finished_at": [as_of - timedelta(days=2)],
            "outcome": ["failed"],
            "recovery_hours": [None],
            "confidence": [0.4],
        }
    )

    figure = charts.timeline(rows, as_of, "Europe/Berlin", drawing.LIGHT)

    lines = [trace for trace in figure.data if trace.line.color == drawing.LIGHT["stall"]]
    assert lines[0].line.dash == "dot"
    assert lines[1].x[1] == datetime(2026, 11, 23, 13)  # noqa: DTZ001


def test_nothing_at_all_can_be_drawn():
    nothing = checkout()["deployment_frequency"].clear()

    assert charts.metric_trend(nothing, SINCE, drawing.LIGHT).layout.height
    assert charts.weekly_bars(nothing, SINCE, drawing.LIGHT, noun="release").layout.height
    deployments = questions.deployments("nobody")
    assert charts.timeline(deployments, organisation.AS_OF, "UTC", drawing.LIGHT).layout.height


def test_pictures_of_made_up_data_say_so():
    figure = charts.metric_trend(checkout()["rework_rate"], SINCE, drawing.LIGHT, is_demo=True)

    assert figure.layout.annotations[-1].text == "demo"


def test_the_template_carries_the_tokens_and_no_legend():
    for tone in (drawing.LIGHT, drawing.DARK):
        layout = theme.template(tone).layout
        assert layout.colorway[0] == tone["accent"]
        assert layout.showlegend is False
        assert layout.xaxis.fixedrange is True
