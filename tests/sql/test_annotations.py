"""What people remember when they look at a chart: from the configuration and from events."""

from datetime import date

import pytest

from connectors.events import cdevents
from tests.sql.events import organisation, posted
from tests.sql.hosts import march
from tests.support import told

MADE = [
    {"from": "2026-03-02", "text": "Moved", "service": "shop"},
    {"from": "2026-03-02", "to": "2026-04-02", "text": "A long one", "team": "web"},
    {"from": "2026-03-20", "text": "Today"},
    {"from": "2026-03-21", "text": "Tomorrow"},
]
HOSTILE = "<script>alert(1)</script> ${X} | *x*"


def environment(name, predicate, at):
    """Return what a CDEvent of an environment lands as."""
    body = {
        "context": {
            "version": "0.4.1",
            "id": f"{name} {predicate}",
            "source": "/ci",
            "type": f"dev.cdevents.environment.{predicate}.0.2.0",
            "timestamp": told(march(at)),
        },
        "subject": {"id": name, "source": "/ci", "type": "environment", "content": {}},
    }
    return [event.record() for event in cdevents.translate({}, body, host="")]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    pushed = [
        *posted("deployment", id="d1", service="shop", finished_at="2 09:00"),
        *posted("annotation", id="a1", text=HOSTILE, started_at="3 09:00", finished_at="5 23:30"),
        *posted("annotation", id="a2", text="Of one", service="store", started_at="3 23:30"),
        *posted("annotation", id="a3", text="In a test", environment="staging"),
        *posted("annotation", id="a4", text="Too late", started_at="21 09:00"),
        *posted(
            "annotation",
            id="f1",
            text="Fair",
            service="store",
            freeze=True,
            started_at="9 09:00",
            finished_at="22 23:30",
        ),
        *posted(
            "annotation",
            id="f2",
            text="A test's",
            environment="staging",
            freeze=True,
            started_at="9 09:00",
            finished_at="12 09:00",
        ),
        *posted(
            "annotation",
            id="f3",
            text="Called off",
            freeze=True,
            started_at="9 09:00",
            finished_at="12 09:00",
        ),
        *environment("production", "created", "4 09:00"),
        *environment("production", "modified", "5 09:00"),
        *environment("pr-17", "created", "4 09:00"),
    ]
    again = [
        *posted("annotation", id="a2", text="Of one", service="store", started_at="3 23:30"),
        *posted(
            "annotation", id="f3", text="Called off", started_at="9 09:00", finished_at="12 09:00"
        ),
    ]
    services = [{"name": "shop", "aliases": ["store"]}]
    closing = {"name": "Closing", "from": "2026-03-31", "to": "2026-04-01"}
    calendar = {"time_zone": "Europe/Berlin", "freezes": [closing]}
    with organisation(
        tmp_path_factory.mktemp("annotations"),
        {"events": [pushed, again]},
        annotations=MADE,
        services=services,
        calendar=calendar,
    ) as con:
        yield con


def of(con, told_by):
    query = (
        "select text, starts_on, ends_on, service, team from facts.annotations "
        f"where told_by = '{told_by}' order by all"
    )
    return con.sql(query).fetchall()


def day(number):
    return date(2026, 3, number)


def test_the_configuration_tells_of_days_and_spans_that_have_begun(con):
    assert of(con, "configuration") == [
        ("A long one", day(2), date(2026, 4, 2), None, "web"),
        ("Moved", day(2), day(2), "shop", None),
        ("Today", day(20), day(20), None, None),
    ]


def test_events_tell_of_production_alone_on_days_of_the_calendar(con):
    assert of(con, "event") == [
        (HOSTILE, day(3), day(6), None, None),
        ("Called off", day(9), day(12), None, None),
        ("Fair", day(9), day(23), "shop", None),
        ("Of one", day(4), day(4), "shop", None),
        ("environment production created", day(4), day(4), None, None),
        ("environment production modified", day(5), day(5), None, None),
    ]


def test_freezes_are_those_of_the_configuration_and_of_events_of_production(con):
    told = "select name, service, from_on, to_on from facts.freezes order by all"
    assert con.sql(told).fetchall() == [
        ("Closing", None, day(31), date(2026, 4, 1)),
        ("Fair", "shop", day(9), day(23)),
    ]
    shown = "select is_frozen, freeze_name, frozen_to_on from marts.cadence where service = 'shop'"
    assert con.sql(shown).fetchall() == [(True, "Fair", day(23))]
