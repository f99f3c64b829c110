"""What may differ between random organisations: calendars, and rules that are no defaults."""

import random

from tests.reference.organisation import Row, utc

# A zone, and moments near which its clocks change or its days are not those of UTC.
CALENDARS = (
    ("America/New_York", utc(2026, 3, 19, 3, 30)),
    ("Asia/Kolkata", utc(2026, 5, 31, 18, 30)),
    ("Pacific/Apia", utc(2026, 1, 4, 10, 0)),
    ("Europe/Berlin", utc(2026, 11, 1, 23, 0)),
    ("Australia/Lord_Howe", utc(2026, 4, 12, 14, 0)),
    ("UTC", utc(2026, 7, 6, 0, 0)),
)
# What a key of ``definitions`` may be but its default.
CHOICES: Row = {
    "regions": ("each",),
    "counted_deployments": ("with_changes",),
    "rollbacks": ("out",),
    "failed_pipelines": ("in",),
    "lead_time_from": ("commit", "opened", "ready", "merged"),
    "lead_time_of": ("commit",),
    "lead_time_value": ("mean",),
    "clock": ("working",),
    "teams_by": ("author",),
    "bots_changes": ("in",),
    "rollback_blames": ("first", "all"),
    "attribution_window_hours": (1, 24, 100),
    "half_life_hours": (6, 1000),
    "minimum_confidence": (0, 0.5, 0.7, 0.92),
    "hotfix_window_hours": (1, 1000),
    "lookback_days": (3, 90),
    "hotfix_branches": (["topic"], []),
    "hotfix_labels": (["a*"], []),
    "hotfix_titles": (["add *"], []),
    "flag_window_minutes": (1, 600),
    "recovery_from": ("incident", "earlier"),
    "recovery_by": ("incident", "deployment"),
    "minimum_count": (1, 2, 3, 30),
}
COUNTRIES = {
    "America/New_York": "US", "Asia/Kolkata": "IN", "Pacific/Apia": "WS", "Europe/Berlin": "DE",
    "Australia/Lord_Howe": "AU", "UTC": "GB",
}  # fmt: skip
CALENDAR: Row = {
    "working_hours": ("09:00-17:00", "00:00-24:00", "22:15-24:00", "00:00-08:30", "11:59-12:00"),
    "working_days": (["mon", "tue", "wed", "thu", "fri"], ["sun", "mon"], ["sat"]),
}


def some_rules(dice: random.Random) -> Row:
    """Return some rules that differ from the defaults."""
    keys = sorted(CHOICES)
    chosen = dice.sample(keys, min(dice.choice((1, 2, 4, 8)), len(keys)))
    found = {key: dice.choice(CHOICES[key]) for key in chosen}
    if dice.random() < 0.3:
        # The interval of a mean is only told where it takes few deployments.
        found |= {"lead_time_value": "mean", "minimum_count": dice.choice((1, 2))}
    return found
