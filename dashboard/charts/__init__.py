"""Every chart, as a Plotly figure made from rows and the tones of one mode."""

from dashboard.charts.stages import stages
from dashboard.charts.timeline import timeline
from dashboard.charts.trend import metric_trend
from dashboard.charts.weeks import weekly_bars

__all__ = ["metric_trend", "stages", "timeline", "weekly_bars"]
