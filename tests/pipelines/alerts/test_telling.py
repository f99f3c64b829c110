"""Telling channels: grouped, in order, of now alone, and again until it goes."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.alerts.depths import Irreversible
from pipelines.alerts.outbox import Outbox
from pipelines.alerts.outcomes import Outcome
from pipelines.errors import DrumbeatError
from tests.pipelines.alerts.telling import NOON, SLACK, Sent, day, later, occasion, row, teller

SEARCH = {**SLACK, "name": "search-only", "services": "search-*"}


def later_on(_channel, _message, _url):
    return Outcome("later", "hooks.example.org answered 503")


def test_several_services_go_in_one_message_to_each_channel(tmp_path):
    sent = Sent()
    rows = [row("checkout"), row("search-api", "slowing"), row("stock", "watch")]

    told = teller(tmp_path, SLACK, SEARCH, send=sent).tell(rows, occasion())

    assert [one.fate for one in told] == ["sent", "sent"]
    assert sent.told("slack") == [("checkout", "stalled"), ("search-api", "slowing")]
    assert sent.told("search-only") == [("search-api", "slowing")]


def test_a_team_is_told_of_its_own_services_and_of_others_it_names(tmp_path):
    sent = Sent()
    rows = [row("a", team="web"), row("b", team="shops"), row("c", team=None)]

    teller(tmp_path, {**SLACK, "teams": "WEB", "services": "c"}, send=sent).tell(rows, occasion())

    assert [service for service, _ in sent.told()] == ["a", "c"]


def test_nothing_is_told_twice_in_later_runs(tmp_path):
    sent = Sent()
    for hours in range(5):
        teller(tmp_path, send=sent).tell([row()], later(hours=hours))

    assert sent.told() == [("checkout", "stalled")]


def test_what_can_not_be_taken_back_is_told_once_for_each_deployment(tmp_path):
    sent = Sent()
    first, second = (
        Irreversible("shop-7", day("2026-11-23")),
        Irreversible("d-9", day("2026-11-25")),
    )
    calm = {"state": "on_rhythm", "is_frozen": True}
    # A correction takes it back and gives it back; then it is taken back; then another one comes.
    for hours, found in enumerate([None, first, first, None, first, second, second]):
        teller(tmp_path, send=sent).tell([row(**calm, irreversible=found)], later(hours=hours))

    assert sent.told() == [("checkout", "irreversible")] * 2
    assert [one.notices[0].since for _, one in sent] == [first.since, second.since]


def test_what_can_not_be_taken_back_goes_with_the_rest_to_those_who_want_it(tmp_path):
    sent = Sent()
    found = row(irreversible=Irreversible("shop-7", day("2026-11-23")))
    stalls = {**SLACK, "name": "stalls", "states": ["stalled"]}
    teller(tmp_path, SLACK, stalls, send=sent).tell([found], occasion())

    assert sent.told("slack") == [("checkout", "stalled"), ("checkout", "irreversible")]
    assert sent.told("stalls") == [("checkout", "stalled")]


def test_a_channel_that_is_new_is_told_what_is_so(tmp_path):
    sent = Sent()
    teller(tmp_path, SLACK, send=sent).tell([row()], occasion())
    teller(tmp_path, SLACK, {**SLACK, "name": "new"}, send=sent).tell([row()], occasion())

    assert [name for name, _ in sent] == ["slack", "new"]


def test_a_service_that_is_gone_for_a_while_is_not_told_again(tmp_path):
    sent = Sent()
    for rows in ([row()], [], [row()]):
        teller(tmp_path, send=sent).tell(rows, occasion())

    assert sent.told() == [("checkout", "stalled")]


@pytest.mark.parametrize("flag", ["has_as_of", "has_known_at"])
def test_a_past_moment_is_told_to_nobody(tmp_path, flag):
    sent = Sent()
    with pytest.raises(DrumbeatError, match="alerts are of now: run `drumbeat refresh`"):
        teller(tmp_path, send=sent).tell([row()], occasion(**{flag: True}))

    assert not sent
    assert not (tmp_path / "outbox").exists()


def test_what_was_published_days_ago_is_told_to_nobody(tmp_path):
    old = replace(occasion(), now=NOON + timedelta(days=4))
    with pytest.raises(DrumbeatError, match="of 2026-11-24, too old to tell anybody"):
        teller(tmp_path, send=Sent()).tell([row()], old)


def test_a_preview_sends_and_remembers_nothing_and_may_be_of_any_moment(tmp_path):
    sent = Sent()
    found = teller(tmp_path, send=sent).preview([row()], occasion(has_as_of=True))

    assert [(one.channel, one.fate) for one in found] == [("slack", "would be sent")]
    assert not sent
    assert not [*tmp_path.iterdir()]


def test_what_does_not_go_is_tried_again_after_ever_longer_waits(tmp_path):
    tries = []

    def send(_channel, message, _url):
        tries.append(message.id)
        return Outcome("later", "hooks.example.org answered 503")

    minutes = []
    for minute in range(32):
        before = len(tries)
        teller(tmp_path, send=send).tell([row()], later(minutes=minute))
        minutes += [minute] if len(tries) > before else []

    assert minutes == [0, 1, 3, 7, 15, 31]
    assert len(set(tries)) == 1


def test_who_asks_for_patience_gets_it(tmp_path):
    sent, asked = Sent(), Outcome("later", "hooks.example.org answered 429", wait=1800)
    teller(tmp_path, send=lambda *_: asked).tell([row()], occasion())

    teller(tmp_path, send=sent).tell([row()], later(minutes=29))
    assert not sent

    teller(tmp_path, send=sent).tell([row()], later(minutes=30))
    assert sent.told() == [("checkout", "stalled")]


def test_news_waits_behind_what_did_not_go_and_both_go_in_order(tmp_path):
    sent = Sent()
    back = row(state="on_rhythm", last_on="2026-11-24", deploy_day_count=41)
    teller(tmp_path, send=later_on).tell([row()], occasion())
    teller(tmp_path, send=later_on).tell([back], later(hours=1))

    teller(tmp_path, send=sent).tell([back], later(hours=9))

    assert sent.told() == [("checkout", "stalled"), ("checkout", "recovered")]


def test_a_message_refused_for_what_it_is_holds_up_no_other(tmp_path):
    sent = Sent()

    def send(channel, message, url):
        if message.notices[0].service == "odd":
            return Outcome("refused", "hooks.example.org answered 400")
        return sent(channel, message, url)

    for minute, rows in enumerate([[row("odd")], [row("odd"), row("fine")]]):
        teller(tmp_path, send=send).tell(rows, later(seconds=30 * minute))

    assert sent.told() == [("fine", "stalled")]


def test_one_channel_that_is_down_holds_up_no_other(tmp_path):
    sent = Sent()

    def send(channel, message, url):
        return later_on(*[None] * 3) if channel.name == "slack" else sent(channel, message, url)

    told = teller(tmp_path, SLACK, {**SLACK, "name": "other"}, send=send).tell([row()], occasion())

    assert [(one.channel, one.fate) for one in told] == [("slack", "waits"), ("other", "sent")]


def test_what_does_not_go_for_days_is_given_up_and_that_is_said(tmp_path):
    said = []
    teller(tmp_path, send=later_on).tell([row()], occasion())

    (told,) = teller(tmp_path, send=Sent(), say=said.append).tell([row()], later(days=3, hours=1))

    assert told.fate == "given up"
    assert "given up after 1 tries: checkout (stalled)" in said[-1]
    assert not Outbox(tmp_path / "outbox").read("slack").waiting


def test_a_damaged_box_is_told_with_what_to_do(tmp_path):
    teller(tmp_path, send=Sent()).tell([row()], occasion())
    path = tmp_path / "outbox" / "slack.json"
    path.write_bytes(path.read_bytes()[:40])

    with pytest.raises(DrumbeatError, match="move it away"):
        teller(tmp_path, send=Sent()).tell([row()], occasion())


def test_the_outbox_holds_neither_address_nor_secret(tmp_path):
    teller(tmp_path, send=later_on).tell([row()], occasion())

    written = (tmp_path / "outbox" / "slack.json").read_text()
    assert json.loads(written)["waiting"]
    assert "hooks" not in written
