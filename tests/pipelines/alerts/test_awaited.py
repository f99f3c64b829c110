"""Being told once a change is live: kept with the channel, told once, then forgotten."""

import json
from dataclasses import replace

import pytest

from pipelines.alerts import forms, messages
from pipelines.alerts.outbox import Outbox
from pipelines.alerts.outcomes import Outcome
from pipelines.alerts.subscribing import cancel, subscribe, wishes
from pipelines.errors import DrumbeatError
from tests.pipelines.alerts.telling import NOON, SLACK, Sent, later, row, settings, teller

OTHER = {**SLACK, "name": "other", "states": "recovered"}
REGIONS = [{"environment": "production", "live_since": NOON, "url": None}]
WAITS = {
    "service": "shop",
    "change_id": "shop#7",
    "kind": "pull_request",
    "title": "Prices",
    "regions": [],
    "gone": [],
    "is_before_history": False,
    "deployment_url": None,
}
LIVE = {**WAITS, "regions": REGIONS}


def waiting(folder, *rows, channel="other"):
    said = []
    alerts = settings(SLACK, OTHER)
    subscribe(alerts, folder, channel, rows or [WAITS], NOON.date(), said.append)
    return said


def told(folder, sent, row=LIVE, rows=(), **passed):
    """Tell what is live by then of what is waited for."""
    awaited = Outbox(folder / "outbox").read("other").awaited
    moment = later(**passed)
    live = {one: {**row, "change_id": one.change_id} for one in awaited} if row else {}
    return teller(folder, SLACK, OTHER, send=sent).tell(rows, replace(moment, live=live))


def test_a_change_that_is_live_is_told_once_to_who_waits_for_it(tmp_path):
    sent = Sent()
    assert waiting(tmp_path) == [
        "other is told once shop#7 of shop is live, if that is within 90 days."
    ]

    for hours, at_that_time in enumerate([None, LIVE, LIVE]):
        told(tmp_path, sent, at_that_time, hours=hours)

    ((channel, message),) = sent
    assert channel == "other"
    assert messages.text(message, None).headline == "shop has shop#7 live"
    (item,) = messages.text(message, None).items
    assert item.said == "Live in production since Tue 24 Nov, 12:00: Prices."
    assert not Outbox(tmp_path / "outbox").read("other").awaited


def test_what_does_not_go_waits_in_the_outbox_under_one_id(tmp_path):
    ids = []

    def send(_channel, message, _url):
        ids.append(message.id)
        return Outcome("later" if len(ids) == 1 else "sent")

    waiting(tmp_path)
    for hours in range(3):
        told(tmp_path, send, hours=hours)

    assert len(ids) == 2
    assert len({*ids}) == 1


def test_changes_that_are_live_go_together_and_apart_from_alarms(tmp_path):
    sent = Sent()
    waiting(tmp_path, WAITS, {**WAITS, "change_id": "shop#8"})

    told(tmp_path, sent, rows=[row("shop")])

    alarm, live = sent[0][1], sent[1][1]
    assert [one.state for one in alarm.notices] == ["stalled"]
    assert messages.headline(live.notices) == "2 changes that you wait for are live"
    body = forms.webhook(live, None)
    assert body["type"] == "drumbeat.live"
    assert [one["change"] for one in body["services"]] == ["shop#7", "shop#8"]
    assert {one["team"] for one in body["services"]} == {"shops"}


def test_what_is_asked_for_twice_is_told_once(tmp_path):
    sent = Sent()
    waiting(tmp_path)
    waiting(tmp_path)

    told(tmp_path, sent)

    assert sent.told() == [("shop", "live")]


def test_what_is_used_up_for_the_day_is_told_the_next(tmp_path):
    sent = Sent()
    waiting(tmp_path)
    box = Outbox(tmp_path / "outbox").read("other")
    Outbox(tmp_path / "outbox").write("other", replace(box, made_on=NOON.date(), made_count=5))

    told(tmp_path, sent)
    assert not sent

    told(tmp_path, sent, days=1)
    assert sent.told() == [("shop", "live")]


def test_nothing_is_waited_for_longer_than_that(tmp_path):
    waiting(tmp_path)
    told(tmp_path, Sent(), None, days=89)
    assert Outbox(tmp_path / "outbox").read("other").awaited

    told(tmp_path, Sent(), None, days=90)
    assert not Outbox(tmp_path / "outbox").read("other").awaited


def test_what_is_live_already_is_not_waited_for(tmp_path):
    assert waiting(tmp_path, LIVE) == ["It is live already: nobody need be told."]
    assert waiting(tmp_path, {**WAITS, "is_before_history": True})
    assert not (tmp_path / "outbox").exists()


@pytest.mark.parametrize("is_before_history", [True, False])
def test_what_was_rolled_back_is_waited_for(tmp_path, is_before_history):
    gone = [{"environment": "production", "gone_at": NOON, "is_rolled_back": True, "url": None}]
    back = {**WAITS, "gone": gone, "is_before_history": is_before_history}

    assert "is told once shop#7 of shop is live" in waiting(tmp_path, back)[0]


def test_what_can_not_be_read_is_named_with_the_remedy(tmp_path):
    (tmp_path / "outbox").write_text("in the place of the folder")

    with pytest.raises(DrumbeatError, match=r"outbox can not be read: .* must own it"):
        list(wishes(tmp_path))


def test_a_wish_of_a_change_or_a_channel_that_is_gone_is_listed_and_taken_back(tmp_path):
    waiting(tmp_path, WAITS, {**WAITS, "change_id": "shop#8"})
    said = []
    cancel(tmp_path, "other", "shop#7", [], said.append)

    assert said == ["other is not told of shop#7 of shop any more."]
    (wish,) = wishes(tmp_path)
    assert wish[:3] == ("other", "shop", "shop#8")
    assert (wish.until - wish.since).days == 90


def test_an_address_is_refused_and_not_said_again(tmp_path):
    with pytest.raises(DrumbeatError, match="one of slack and other") as error:
        waiting(tmp_path, channel="https://hooks.example.org/hunter2")

    assert "hunter2" not in str(error.value)


def test_hostile_names_turn_into_no_markup(tmp_path):
    sent = Sent()
    waiting(tmp_path, {**WAITS, "change_id": "<!channel>\u202e#7"})

    told(tmp_path, sent, {**LIVE, "title": "<b>&\n*x*"})

    ((_, message),) = sent
    assert "<!channel>" not in forms.slack(message, None)["text"]
    assert "\u202e" not in json.dumps(forms.slack(message, None), ensure_ascii=False)
    assert "\n" not in messages.text(message, None).items[0].said
