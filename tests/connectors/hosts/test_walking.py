"""Walks over a made-up listing whose items change, and whose server may be wrong."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import SourceError, SourceUnavailable
from connectors.hosts.walking import Item, Page, PageGone, Walk, is_unchanged, stamp
from connectors.records import Record

START = datetime(2025, 3, 1, 10, tzinfo=UTC)
SIZE = 3
ENDLESS = 100


@dataclass
class Host:
    """A listing newest first; ``kind`` is how pages are named: numbered, or behind an item."""

    kind: str = "behind"
    now: datetime = START
    items: dict = field(default_factory=dict)
    tells_total: bool = True
    fetched: int = 0
    wrong: str = ""

    def put(self, name):
        self.now += timedelta(minutes=10)
        version = self.items.get(name, (0, None))[0] + 1
        self.items[name] = (version, self.now)

    def listed(self):
        every = [(at, name, version) for name, (version, at) in self.items.items()]
        return sorted(every, reverse=True)

    def fetch(self, token):
        self.fetched += 1
        assert self.fetched < ENDLESS, "looped on"
        rows = self.listed()
        if self.kind == "numbered":
            start = int(token or 0) * SIZE
            shown, following = rows[start : start + SIZE], str(int(token or 0) + 1)
        else:
            rows = [row for row in rows if token is None or [stamp(row[0]), row[1]] < parsed(token)]
            shown = rows[:SIZE]
            start = 0
            following = json.dumps([stamp(shown[-1][0]), shown[-1][1]]) if shown else "0"
        is_more = len(rows) > start + len(shown)
        total = len(self.items) if self.tells_total else None
        return self.spoilt(
            Page(made(shown), following if is_more else None, self.now, total), token
        )

    def spoilt(self, page, token):
        if self.wrong == "repeats" and token is not None:
            first = made(self.listed()[:SIZE])
            return Page(first, page.next, page.asked_at, page.total)
        if self.wrong == "circles":
            return Page(page.items, token or page.next, page.asked_at, page.total)
        if self.wrong == "empties":
            return Page([], page.next or "99", page.asked_at, page.total)
        if self.wrong == "skips":
            return Page(page.items[1:], page.next, page.asked_at, page.total)
        return page

    def latest(self, since=None):
        kept = self.items.items()
        return {name: version for name, (version, at) in kept if since is None or at >= since}


def parsed(token):
    place = json.loads(token)
    return place if isinstance(place, list) else []


def made(rows):
    return [
        Item(Record("changes", name, {"version": version}, "", at), at)
        for at, name, version in rows
    ]


@dataclass
class Landing:
    records: dict = field(default_factory=dict)
    cursor: object = None

    def walk(self, host, batches=None, floor=None, between=lambda: None):
        """Land so many batches, or all; each with the cursor that it earns."""
        host.fetched = 0
        is_numbered = host.kind == "numbered"
        walk = Walk(
            "changes", "acme/shop", host.fetch, self.cursor or {}, floor, is_numbered=is_numbered
        )
        for count, batch in enumerate(walk.batches(), start=1):
            for record in batch.rows:
                self.records[record.record_id] = record.payload["version"]
            self.cursor = json.loads(json.dumps(batch.cursor))
            if count == batches:
                return self
            between()
        return self


def host_of(amount, **told):
    host = Host(**told)
    for number in range(amount):
        host.put(f"i{number:03}")
    return host


def calmed(landing, host):
    """Refresh until nothing is under way; a calm host needs two refreshes at most."""
    host.wrong = ""
    for _ in range(2):
        host.now += timedelta(hours=1)
        with suppress(SourceError):
            landing.walk(host)
    landing.walk(host)
    return landing


steps = st.lists(
    st.tuples(
        st.sampled_from(["change", "add", "kill", "repeats", "circles", "empties", "heal"]),
        st.integers(0, 30),
    ),
    max_size=25,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["behind", "numbered"]), st.booleans(), st.integers(0, 20), steps)
def test_once_calm_everything_is_landed_as_it_is(kind, tells_total, amount, script):
    host, landing = host_of(amount, kind=kind, tells_total=tells_total), Landing()
    # A repeated page is noticed, but not where a walk goes on at a number: there it may be right.
    script = [one for one in script if one[0] != "repeats" or kind == "behind"]

    def between():
        """Let the next thing happen between two pages."""
        if script:
            happen(host, *script.pop())

    while script:
        what, number = script.pop()
        happen(host, what, number)
        batches = number % 4 + 1 if what == "kill" else None
        with suppress(SourceUnavailable):
            landing.walk(host, batches, between=between)
    calmed(landing, host)

    assert landing.records == host.latest()
    assert not landing.cursor.get("walk")
    assert "history_since" not in landing.cursor


def happen(host, what, number):
    if what == "change" and host.items:
        host.put(sorted(host.items)[number % len(host.items)])
    elif what == "add":
        host.put(f"n{len(host.items):03}")
    elif what == "heal":
        host.wrong = ""
    elif what != "kill" and what != "change":
        host.wrong = what


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 20), st.lists(st.integers(1, 4), max_size=6))
def test_items_that_vanish_between_pages_take_no_other_along(amount, kills):
    host, landing = host_of(amount), Landing()

    def between():
        if host.items:
            host.items.pop(sorted(host.items)[-1])

    for batches in kills:
        landing.walk(host, batches, between=between)
    calmed(landing, host)

    assert landing.records.items() >= host.latest().items()


def test_a_resumed_walk_does_not_read_again_what_is_landed():
    host, landing = host_of(12), Landing()
    landing.walk(host, batches=3)
    assert landing.cursor["history_since"] == stamp(host.listed()[8][0])

    landing.walk(host)

    # One page is left, and the top is looked at once more.
    assert host.fetched == 2
    assert len(landing.records) == 12


def test_numbered_pages_that_new_items_moved_on_are_no_disorder():
    host, landing = host_of(12, kind="numbered"), Landing()
    landing.walk(host, batches=2)
    for number in range(5):
        host.put(f"new{number}")

    landing.walk(host)

    assert landing.records == host.latest()


def test_numbered_pages_that_move_on_during_a_walk_are_no_disorder():
    host, landing = host_of(12, kind="numbered"), Landing()
    fresh = iter(["new1", "new2"])

    def between():
        for name in fresh:
            host.put(name)

    landing.walk(host, between=between)

    assert len(landing.records) == 12


def test_an_item_that_changes_during_a_walk_is_not_missed_nor_called_missing():
    for kind in ("behind", "numbered"):
        host, landing = host_of(12, kind=kind), Landing()
        changed = iter(["i000"])

        def between(host=host, changed=changed):
            for name in changed:
                host.put(name)

        landing.walk(host, between=between)
        landing.walk(host)

        assert landing.records == host.latest()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("repeats", "repeats a page"),
        ("circles", "goes in a circle"),
        ("empties", "says that there is more, and sends nothing"),
    ],
)
def test_pages_that_can_not_be_true_are_told_after_a_few_tries(wrong, said):
    host = host_of(12, wrong=wrong)

    with pytest.raises(SourceUnavailable, match=said):
        Landing().walk(host)

    assert host.fetched <= 4


def test_a_page_that_is_wrong_only_once_is_forgiven():
    host, landing = host_of(12, wrong="empties"), Landing()
    fetch = host.fetch

    def heals(token):
        page = fetch(token)
        host.wrong = ""
        return page

    host.fetch = heals

    assert landing.walk(host).records == host.latest()


def test_what_a_host_counts_and_does_not_send_is_told_once():
    host, landing = host_of(12, wrong="skips"), Landing()
    with pytest.raises(SourceUnavailable, match="there are 12 and sent 8"):
        landing.walk(host)
    with pytest.raises(SourceUnavailable):
        landing.walk(host)

    landing.walk(host)

    assert host.fetched == 1


def test_a_page_that_the_host_forgot_begins_the_walk_again():
    host, landing = host_of(12), Landing()
    landing.walk(host, batches=2)
    fetch = host.fetch

    def forgets(token):
        if token == landing_page:
            raise PageGone
        return fetch(token)

    landing_page = landing.cursor["walk"]["page"]
    host.fetch = lambda token: fetch(token) if host.fetched else forgets(token)
    landing.walk(host)
    assert len(landing.records) == 12

    host.fetch = lambda token: fetch(token) if token is None else forgets(landing_page)
    with pytest.raises(SourceUnavailable, match="does not know its own next page"):
        Landing().walk(host)


def test_nothing_below_the_first_day_is_read_and_an_earlier_day_reads_again():
    host, landing = host_of(12), Landing()
    floor = host.listed()[4][0]
    landing.walk(host, floor=floor)
    assert landing.records == host.latest(floor)
    assert host.fetched == 2

    earlier = host.listed()[9][0]
    landing.walk(host, floor=earlier)
    assert landing.records == host.latest(earlier)

    # A later first day, as time goes by, changes nothing.
    landing.walk(host, floor=host.now)
    assert host.fetched == 1


def test_what_shows_up_minutes_late_is_found():
    host, landing = host_of(12), Landing()
    landing.walk(host)
    host.items["late"] = (1, host.now - timedelta(minutes=4))

    assert landing.walk(host).records["late"] == 1


def test_open_items_are_asked_for_again_until_they_end_or_are_old():
    host = host_of(0)
    states, asked = {"a": "running", "b": "running"}, []

    def item(name):
        is_open = states[name] == "running"
        record = Record("deployments", name, {"version": states[name]}, "", START)
        return Item(record, START, name if is_open else None, START)

    def walked(cursor, now):
        def again(ids):
            asked.append(list(ids))
            return Page([item(name) for name in ids if name in states], None, now)

        page = Page([item(name) for name in states], None, now)
        walk = Walk("deployments", "s", lambda token: page, cursor, None, again)
        return [batch.cursor for batch in walk.batches()][-1]

    cursor = walked({}, START)
    assert list(cursor["open"]) == ["a", "b"]
    assert not is_unchanged(cursor, START)
    states["a"] = "success"
    del states["b"]
    cursor = walked(cursor, START + timedelta(days=1))
    assert (asked, cursor["open"]) == ([["a", "b"]], {})

    states = {"c": "running"}
    cursor = walked({}, START)
    assert walked(cursor, START + timedelta(days=15))["open"] == {}
    assert host.fetched == 0


def test_a_scope_is_unchanged_only_when_its_newest_is_landed_and_settled():
    host, landing = host_of(3), Landing()
    newest = host.listed()[0][0]
    assert not is_unchanged(None, newest)
    landing.walk(host)
    assert not is_unchanged(landing.cursor, newest)
    host.now += timedelta(hours=1)
    landing.walk(host)
    assert is_unchanged(landing.cursor, newest)
    assert is_unchanged(landing.cursor, newest + timedelta(milliseconds=900))
    assert not is_unchanged(landing.cursor, newest + timedelta(seconds=1))
    assert not is_unchanged({**landing.cursor, "walk": {"page": "2"}}, newest)


def test_a_host_without_anything_is_asked_once():
    host, landing = host_of(0), Landing()
    landing.walk(host)
    assert is_unchanged(landing.cursor, None)
    assert landing.records == {}


def test_a_clock_that_is_ahead_settles_nothing():
    host, landing = host_of(3), Landing()
    host.now = datetime.now(UTC) + timedelta(hours=5)
    host.put("ahead")

    landing.walk(host)

    assert not is_unchanged(landing.cursor, host.listed()[0][0])
