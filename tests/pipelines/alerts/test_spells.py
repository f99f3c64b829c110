"""When something is told: each spell of an alarm once, its end once, nothing on a frozen day."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipelines.alerts.outbox import Box
from pipelines.alerts.outcomes import Outcome
from pipelines.alerts.planning import planned
from pipelines.alerts.spells import RANK
from tests.pipelines.alerts.telling import NOON, SLACK, day, later, row, settings


def told(*days, channel=SLACK, **other):
    """Return what is told of a service on each of some days; a day is a row's fields."""
    alerts, box, found = settings(channel, **other), Box(), []
    for place, fields in enumerate(days):
        now = later(days=place)
        box = planned(box, alerts.channels[0], [row(**fields)], alerts, now)
        found.append([one.state for message in box.waiting for one in message.notices])
        for message in box.waiting:
            box = box.told(message, now.now)
    return [" ".join(states) for states in found]


def so(state, last_on="2026-11-10", count=40, **other):
    return {"state": state, "last_on": last_on, "deploy_day_count": count, **other}


def test_a_stall_is_told_once_however_long_it_lasts():
    assert told(so("stalled"), so("stalled"), so("stalled")) == ["stalled", "", ""]


def test_watch_and_too_new_are_told_to_nobody():
    assert told(so("watch"), so("too_new"), so("on_rhythm")) == ["", "", ""]


def test_what_gets_worse_is_told_and_what_gets_better_by_itself_is_not():
    days = [so("slowing"), so("stalled"), so("slowing"), so("dormant"), so("stalled")]

    assert told(*days) == ["slowing", "stalled", "", "dormant", ""]


def test_dormant_is_one_note_and_then_quiet():
    assert told(so("dormant"), so("dormant"), so("stalled")) == ["dormant", "", ""]


def test_a_deployment_ends_a_stall_and_that_is_told_once():
    days = [so("stalled"), so("watch", "2026-11-24", 41), so("on_rhythm", "2026-11-24", 41)]

    assert told(*days) == ["stalled", "recovered", ""]


def test_slowing_right_after_a_stall_is_the_same_story():
    days = [
        so("stalled"),
        so("slowing", "2026-11-24", 41),
        so("slowing", "2026-11-25", 42),
        so("slowing", "2026-12-01", 45),
    ]

    assert told(*days) == ["stalled", "recovered", "", "slowing"]


def test_watch_does_not_end_slowing():
    days = [so("slowing"), so("watch"), so("slowing"), so("on_rhythm", count=43), so("slowing")]

    assert told(*days) == ["slowing", "", "", "recovered", ""]


def test_slowing_again_after_four_deploy_days_is_another_spell():
    days = [so("slowing"), so("on_rhythm", count=43), so("slowing", count=46)]

    assert told(*days, so("slowing", count=47)) == ["slowing", "recovered", "", "slowing"]


def test_another_stall_after_a_deployment_nobody_looked_at_is_told():
    assert told(so("stalled"), so("stalled", "2026-11-20", 41)) == ["stalled", "stalled"]


def test_a_stall_that_a_correction_took_back_and_gave_back_is_not_told_again():
    days = [so("stalled"), so("on_rhythm"), so("stalled")]

    assert told(*days) == ["stalled", "recovered", ""]


def test_nothing_begins_in_a_freeze_and_what_still_is_so_is_told_after_it():
    frozen = so("stalled", is_frozen=True)

    assert told(frozen, frozen, so("stalled")) == ["", "", "stalled"]


def test_a_deployment_in_a_freeze_ends_a_stall():
    back = so("on_rhythm", "2026-11-25", 41, is_frozen=True)

    assert told(so("stalled"), back, back) == ["stalled", "recovered", ""]


def test_a_silence_that_people_know_of_is_told_from_its_date_on():
    known = {"service": "checkout", "until": "2026-11-26", "reason": "on holiday"}

    found = told(*[so("stalled")] * 4, confirmed=[known])

    assert found == ["", "", "stalled", ""]


def test_nobody_is_told_before_the_day_until_which_it_is_quiet():
    assert told(*[so("stalled")] * 3, quiet_until="2026-11-26") == ["", "", "stalled"]


def test_the_end_is_told_only_to_those_who_were_told_the_beginning():
    days = [so("slowing"), so("on_rhythm"), so("stalled"), so("on_rhythm", "2026-11-26", 41)]

    assert told(*days, channel={**SLACK, "states": ["stalled", "recovered"]}) == [
        "", "", "stalled", "recovered",
    ]  # fmt: skip


STATES = ["too_new", "on_rhythm", "watch", "slowing", "stalled", "dormant"]
ONE = st.fixed_dictionaries(
    {"state": st.sampled_from(STATES), "deployed": st.booleans(), "is_frozen": st.booleans()}
)
DAYS = st.lists(
    st.tuples(st.fixed_dictionaries({"checkout": ONE, "search": ONE}), st.booleans()), max_size=60
)
CHANNELS = [SLACK, {**SLACK, "name": "search-only", "services": "search"}]


def lived(days):
    """Yield for each day its rows, each with its last deploy-day, and whether messages go."""
    last = {"checkout": NOON.date(), "search": NOON.date()}
    counts = {"checkout": 40, "search": 40}
    for place, (services, goes) in enumerate(days):
        rows = []
        for name, one in services.items():
            if one["deployed"]:
                last[name] = NOON.date() + timedelta(days=place)
                counts[name] += 1
            fields = so(one["state"], last[name].isoformat(), counts[name])
            rows.append(row(name, **{**fields, "is_frozen": one["is_frozen"]}))
        yield later(days=place), rows, goes


@given(days=DAYS, limit=st.integers(1, 3))
def test_each_spell_is_told_once_a_channel_and_never_on_a_frozen_day(days, limit):
    alerts = settings(*CHANNELS, daily_limit=limit, give_up_days=1000)
    for channel in alerts.channels:
        box, ids, ended = Box(), [], set()
        for now, rows, goes in lived(days):
            known = {message.id for message in box.waiting}
            box = planned(box, channel, rows, alerts, now)
            states = {one["service"]: one for one in rows}
            for message in box.waiting:
                if message.id in known:
                    continue
                for one in message.notices:
                    ids.append(one.id)
                    assert channel.is_for(one.service, "shops")
                    is_alarm = one.state in RANK
                    assert not (is_alarm and states[one.service]["is_frozen"])
                    assert is_alarm or one.service not in ended
                    ended ^= {one.service} & ended if is_alarm else {one.service}
            for message in box.waiting:
                if goes:
                    box = box.told(message, now.now)
                else:
                    box = box.tried(message, Outcome("later"), now.now)
            for one in rows:
                spell = box.spells.get(one["service"])
                if one["state"] == "stalled" and not one["is_frozen"]:
                    assert channel.is_for(one["service"], "shops") is (spell is not None)
                    assert spell is None or {"stalled", "dormant"} & {*spell.told}
        assert len(ids) == len(set(ids))


def test_what_would_pass_the_daily_limit_is_told_together_the_next_day():
    alerts, box = settings(daily_limit=1), Box()
    (channel,) = alerts.channels
    rows = [row("a"), row("b", "on_rhythm"), row("c", "on_rhythm")]
    box = planned(box, channel, rows, alerts, later(hours=0))
    rows = [row("a"), row("b"), row("c", "slowing")]
    assert planned(box, channel, rows, alerts, later(hours=3)) == box

    box = planned(box, channel, rows, alerts, later(days=1))

    found = [[one.service for one in message.notices] for message in box.waiting]
    assert found == [["a"], ["b", "c"]]


def test_an_id_is_of_channel_service_state_and_since():
    alerts = settings(SLACK, {**SLACK, "name": "other"})
    ids = []
    for channel in alerts.channels:
        for last_on in ("2026-11-09", "2026-11-10"):
            for now in (later(days=0), later(days=2)):
                rows = [row(last_on=last_on, waiting_count=now.now.day)]
                box = planned(Box(), channel, rows, alerts, now)
                ids.append(box.waiting[0].notices[0].id)

    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    assert replace(box.waiting[0], tries=3).id == box.waiting[0].id
    assert box.waiting[0].notices[0].since == day("2026-11-10")
