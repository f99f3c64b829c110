"""Services and their states in a few words, and what tells of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.alerts.outcomes import Outcome
from pipelines.alerts.planning import Occasion
from pipelines.alerts.telling import Teller
from pipelines.configuration.alerts import Alerts
from pipelines.settings import Run

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SLACK = {"kind": "slack", "url": "https://hooks.example.org/x"}


def day(text):
    return date.fromisoformat(text)


def row(service="checkout", state="stalled", last_on="2026-11-10", **other):
    """Return a row as `marts.cadence` has it."""
    return {
        "service": service,
        "team": "shops",
        "state": state,
        "is_frozen": False,
        "return_years": 14.0,
        "silent_r_years": 14.0,
        "four_r_years": 6.0,
        "volume_r_years": 0.0,
        "deploy_day_count": 40,
        "last_on": day(last_on),
        "silent_working_days": 9.0,
        "usual_working_days": 2.0,
        "last_four_days": 31.0,
        "usual_four_days": 12.0,
        "next_from": day("2026-11-25"),
        "next_to": day("2026-11-27"),
        "waiting_count": 14,
        "oldest_waiting_hours": 72.0,
        "usual_wait_hours": 20.0,
        **other,
    }


def occasion(now=NOON, **flags):
    return Occasion(Run(now, now, **flags), now, ZoneInfo("UTC"))


def later(**passed):
    return occasion(NOON + timedelta(**passed))


class Sent(list):
    """Takes every message that is sent: (channel, message)."""

    def __call__(self, channel, message, dashboard_url):
        self.append((channel.name, message))
        return Outcome("sent")

    def told(self, channel=None):
        """Return what was told: (service, state)."""
        return [
            (one.service, one.state)
            for name, message in self
            for one in message.notices
            if channel in (None, name)
        ]


def settings(*channels, **other):
    return Alerts.model_validate({"channels": list(channels) or [SLACK], **other})


def teller(folder, *channels, send=None, say=None, **other):
    taken = {} if send is None else {"send": send}
    return Teller(settings(*channels, **other), folder, say or (lambda _: None), **taken)
