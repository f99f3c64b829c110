"""Rhythms of services as marts, commands and sentences tell them."""

from datetime import date, timedelta
from functools import partial

import pytest

from pipelines import cadence
from pipelines.analysis import service_days
from sql import cadence_words, words
from tests.cases import building
from tests.support import at, rows

START = at("2025-09-01 10:00")
"""A Monday."""
WANTED = ("marts.cadence",)


def deployed(service, *days, times=1):
    """Return deployments of a service so many days after the start."""
    return [
        {
            "deployment_id": f"{service}-{day}-{time}",
            "service": service,
            "finished_at": START + timedelta(days=day, minutes=time),
        }
        for day in days
        for time in range(times)
    ]


def weekdays(until, since=0):
    return [day for day in range(since, until) if (START + timedelta(days=day)).weekday() < 5]


@pytest.fixture(scope="module")
def warehouse():
    with building.warehouse() as con:
        yield con


@pytest.fixture
def organisation(warehouse, tmp_path):
    """Make the rhythms of an organisation of a test's own."""
    return partial(building.tell, warehouse, tmp_path, WANTED)


@pytest.fixture
def told(organisation):
    """Return the rows of marts.cadence so many days after the start, by service."""

    def of(deployments, after=200, hour=0, **settings):
        as_of = START + timedelta(days=after, hours=hour)
        con = organisation(as_of=as_of, deployments=deployments, **settings)
        return {row["service"]: row for row in cadence.rows(con)}

    return of


def test_each_state_is_told_of_the_service_that_is_in_it(told):
    found = told(
        [
            *deployed("daily", *weekdays(200)),
            *deployed("stopped", *weekdays(185)),
            *deployed("gone", *weekdays(40)),
            *deployed("fresh", *weekdays(200, since=196)),
            *deployed("busy", *weekdays(178), times=6),
            *deployed("busy", *weekdays(200, since=178)),
        ],
    )

    assert {service: row["state"] for service, row in found.items()} == {
        "daily": "on_rhythm",
        "stopped": "stalled",
        "gone": "dormant",
        "fresh": "too_new",
        "busy": "slowing",
    }
    assert cadence_words.said(found["fresh"]) == "learning, 4 of 5"
    assert cadence_words.said(found["stopped"]).startswith("silent 11 working days, usually 1; ")
    assert next(iter(found)) == "stopped"


def test_today_counts_once_something_is_deployed_on_it(told):
    quiet = told(deployed("web", *weekdays(182)), after=189, hour=-9)
    later = told(deployed("web", *weekdays(182)), after=189, hour=9)
    again = told(deployed("web", *weekdays(182), 189), after=189, hour=9)

    assert quiet["web"]["silent_working_days"] == later["web"]["silent_working_days"]
    assert again["web"]["silent_working_days"] == 0
    assert (later["web"]["state"], again["web"]["silent_r_years"]) == ("stalled", 0)


def test_a_freeze_stands_over_the_state_and_starts_no_alarm(told):
    freeze = {"name": "trade", "from": "2026-03-02", "to": "2026-03-31"}
    found = told(deployed("web", *weekdays(182)), calendar={"freezes": [freeze]})

    assert found["web"]["is_frozen"]
    assert found["web"]["state"] == "on_rhythm"
    assert cadence_words.state(found["web"]) == "frozen"
    assert found["web"]["next_from"] > date(2026, 3, 31)


def test_deployments_of_nothing_but_bots_changes_do_not_postpone_an_alarm(organisation):
    everyday = [
        *deployed("web", *weekdays(180)),
        *deployed("web", *weekdays(200, since=180)),
    ]
    changes = [
        {
            "change_id": one["deployment_id"],
            "service": "web",
            "deployment_id": one["deployment_id"],
            "opened_at": one["finished_at"] - timedelta(hours=2),
            "merged_at": one["finished_at"] - timedelta(hours=1),
            "author": "renovate[bot]"
            if one["finished_at"] >= START + timedelta(days=180)
            else "ada",
        }
        for one in everyday
    ]
    as_of = START + timedelta(days=200)
    con = organisation(as_of=as_of, deployments=everyday, changes=changes)
    (row,) = cadence.rows(con)

    assert row["state"] == "stalled"
    assert row["last_on"] == date(2026, 2, 27)


def test_holidays_of_the_services_country_hardly_count(told):
    services = [{"name": "here"}, {"name": "there", "country": "DE"}]
    both = [day for day in weekdays(112)]
    found = told(
        [*deployed("here", *both), *deployed("there", *both)],
        after=119,
        services=services,
        calendar={"country": "US"},
    )

    # From Monday 22 December: Christmas in both, the 26th in Germany alone.
    assert found["there"]["silent_working_days"] < found["here"]["silent_working_days"]


def test_a_budget_of_false_alarms_makes_the_threshold(told):
    deployments = [one for n in range(6) for one in deployed(f"s{n}", *weekdays(40))]
    found = told(deployments, after=41, cadence={"false_alarms": 2})

    assert {row["threshold_years"] for row in found.values()} == {3.0}


def test_what_waits_is_told_beside_a_stall(organisation):
    changes = [
        {"change_id": "web!1", "service": "web", "merged_at": START + timedelta(days=199, hours=1)},
        {"change_id": "web!2", "service": "web", "merged_at": START + timedelta(days=198)},
    ]
    as_of = START + timedelta(days=200)
    con = organisation(
        as_of=as_of,
        deployments=[*deployed("web", *weekdays(180)), *deployed("idle", *weekdays(180))],
        changes=changes,
    )
    first, second = cadence.rows(con)

    assert (first["service"], cadence_words.waiting(first)) == (
        "web", "2 changes wait, the oldest 2.0 days",
    )  # fmt: skip
    assert (second["service"], cadence_words.waiting(second)) == ("idle", "nothing merged waits")


def test_json_has_the_shape_that_is_documented(organisation):
    as_of = START + timedelta(days=60)
    con = organisation(as_of=as_of, deployments=deployed("web", *weekdays(60)))
    found = cadence.as_json(con)

    assert found["as_of"] == as_of.isoformat()
    assert set(found["rows"][0]) == {
        "service", "state", "is_frozen", "return_years", "silent_working_days",
        "usual_working_days", "next_from", "next_to", "waiting_changes",
    }  # fmt: skip
    assert found["rows"][0]["next_from"] == "2025-10-31"


def test_the_backtest_counts_alarms_and_how_often_the_window_held(organisation):
    on = [*weekdays(120), *weekdays(200, since=140)]
    as_of = START + timedelta(days=200)
    con = organisation(as_of=as_of, deployments=deployed("web", *on))
    found = cadence.backtest(con).to_dicts()

    assert [row["service"] for row in found] == ["web", "all together"]
    assert found[0]["alarm_count"] == 1
    # 129 waits are known after the fifth deploy-day; the one for the end of the stop was too long.
    assert found[0]["wait_count"] == len(on) - 5
    assert found[0]["most_count"] == len(on) - 6


def test_retired_services_and_those_that_never_deployed_have_no_rhythm(told):
    services = [
        {"name": "web"},
        {"name": "old", "retired_on": "2025-12-01"},
        {"name": "never"},
    ]
    deployments = [*deployed("web", *weekdays(200)), *deployed("old", *weekdays(60))]

    assert list(told(deployments, services=services)) == ["web"]


def test_an_organisation_without_deployments_has_no_rows(organisation):
    con = organisation(as_of=START)
    assert rows(con, "from marts.cadence") == []
    assert cadence.as_json(con)["rows"] == []
    assert len(cadence.backtest(con)) == 1


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 25), date(2026, 11, 27), "25 to 27 November 2026"),
        (date(2026, 11, 25), date(2026, 11, 25), "25 November 2026"),
        (date(2026, 11, 30), date(2026, 12, 2), "30 November 2026 to 2 December 2026"),
        (date(2026, 11, 30), None, "30 November 2026"),
    ],
)
def test_the_next_deployment_is_expected_within_days(first, last, said):
    assert cadence_words.expected(first, last) == f"next deployment expected {said}"


def test_days_to_come_are_enough_to_look_a_year_ahead():
    assert service_days.AHEAD >= 366


def row(state, waiting=0, **more):
    """Return a row of the mart as words need it."""
    return {
        "service": "web",
        "state": state,
        "is_frozen": False,
        "frozen_to_on": None,
        "deploy_day_count": 40,
        "silent_working_days": 22.0,
        "usual_working_days": 2.0,
        "silent_r_years": 48.0,
        "four_r_years": 11.0,
        "volume_r_years": 1.0,
        "last_four_days": 28.0,
        "usual_four_days": 9.0,
        "next_from": date(2026, 11, 25),
        "next_to": date(2026, 11, 27),
        "waiting_count": waiting,
        "oldest_waiting_hours": 456.0 if waiting else None,
        "last_deployed_at": START,
        "unusual_since_on": START.date(),
        **more,
    }


def test_alarms_are_named_up_to_three_and_counted_beyond():
    stalled, slower = row("stalled", 11), row("slowing", 9, service="stock")

    def said(*rows):
        return words.text(cadence_words.alarms(rows))

    assert said(stalled, slower) == " Web is stalled with 11 changes waiting, and stock is slowing."
    assert said(row("stalled")) == " Web is stalled with nothing merged."
    assert said(slower, slower) == " Stock and stock are slowing."
    assert said(*[stalled] * 4, *[slower] * 4) == (
        " Four services are stalled with 44 changes waiting, and four services are slowing."
    )
    assert said(row("dormant"), row("watch"), row("stalled", is_frozen=True)) == ""


def test_a_sentence_says_what_is_usual_how_rare_it_is_and_what_waits():
    def said(*told, **more):
        return words.text(cadence_words.sentence(row(*told, **more)))

    assert said("stalled", 11) == (
        "web has been silent for 22 working days, usually 2. A silence this long happens"
        " by itself about once in 48 years. 11 changes wait, the oldest for 19 days."
    )
    assert said("stalled").endswith("about once in 48 years. Nothing merged waits.")
    assert said("slowing", 1) == (
        "web: the last 4 deploy-days took 28 working days, usually 9. 1 change waits for 19 days."
    )
    assert said("too_new", deploy_day_count=3) == "web: learning, 3 of 5."
    frozen = said("stalled", is_frozen=True, frozen_to_on=date(2026, 11, 30))
    assert frozen == "web: declared freeze to 30 November 2026."
    assert said("on_rhythm") == "web: next deployment expected 25 to 27 November 2026."


def test_a_strip_shades_what_is_unusual_and_hatches_a_freeze():
    end = START + timedelta(days=30)

    def shaded(state, **more):
        found = cadence_words.shades(row(state, **more), end, "UTC")
        return [(shade.start, shade.token) for shade in found]

    midnight = START.replace(hour=0)
    assert shaded("stalled") == [(START, "stalltint")]
    assert shaded("slowing") == [(midnight, "slowtint")]
    assert shaded("dormant") == shaded("retired") == [(START, "quiet")]
    assert shaded("watch") == shaded("never_deployed", last_deployed_at=None) == []
    frozen = shaded("stalled", is_frozen=True, frozen_from_on=START.date())
    assert frozen == [(midnight, "hatch")]


def test_a_silence_that_people_know_of_is_shown_and_is_no_alarm_until_its_day(told):
    def confirmed(until):
        one = {"service": "web", "until": until, "reason": "team on holiday"}
        return {"alerts": {"confirmed": [one]}, "services": [{"name": "web"}]}

    days = deployed("web", *weekdays(182))
    today = (START + timedelta(days=200)).date()
    before = told(days, **confirmed(today + timedelta(days=1)))["web"]
    after = told(days, **confirmed(today))["web"]

    assert (before["state"], before["attention"]) == ("stalled", 5)
    assert cadence_words.said(before).endswith("; known until 21 March 2026: team on holiday")
    assert not cadence_words.is_alarm(before)
    assert (after["confirmed_until_on"], after["attention"]) == (None, 2)
    assert cadence_words.is_alarm(after)
