"""Every chart, as a Plotly figure made from rows and the tones of one mode."""

from dashboard.charts.annotated import annotated
from dashboard.charts.dots import rate_dots
from dashboard.charts.hours import hours
from dashboard.charts.rates import fail_rates
from dashboard.charts.recovery import recovery_curve
from dashboard.charts.spread import spread
from dashboard.charts.stages import stages
from dashboard.charts.timeline import timeline
from dashboard.charts.trend import metric_trend
from dashboard.charts.weeks import weekly_bars

__all__ = [
    "annotated",
    "fail_rates",
    "hours",
    "metric_trend",
    "rate_dots",
    "recovery_curve",
    "spread",
    "stages",
    "timeline",
    "weekly_bars",
]
