"""Whatever is posted: a record, or the one error; never an address, never a matter of order."""

import json
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.events.event import Untranslatable
from tests.connectors.events.examples import ALL
from tests.connectors.events.translating import events

ADDRESSES = ["kim@example.org", "kim%40example.com", "a[bot]@example.org", '"k b"@EXAMPLE.ORG']
HUGE = "x" * 300_000
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([HUGE, HUGE + "@", "@" * 5000, "a@" * 5000, "\x00", "\ud800", 10**40, -1])
    | st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-23T10:40:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
few = settings(max_examples=400 if os.environ.get("DRUMBEAT_TEST_ALL") else 25, deadline=None)
every = pytest.mark.parametrize("name", ALL)


def records(name, body):
    """Return the records of a body posted as the example of that name; none if it is refused."""
    format, headers, _, further = ALL[name]
    refusal = None
    try:
        return [event.record() for event in events(format, body, headers, **further)]
    except Untranslatable as error:
        refusal = error
    assert refusal.field
    assert str(refusal).encode()
    return []


def check(found):
    """Assert that records can be written, and are of a sane size."""
    for record in found:
        text = json.dumps(dict(record.payload), ensure_ascii=False, allow_nan=False)
        assert len(text.encode()) < 200_000
        assert 0 < len(record.record_id.encode()) <= 800
        record.scope.encode()


def paths(body, path=()):
    """Yield the path of every value inside a body, the body's own first."""
    yield path
    inside = (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    )
    for key, value in inside:
        yield from paths(value, (*path, key))


def put(body, path, value):
    """Return a copy of a body that has ``value`` at a path."""
    if not path:
        return value
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy


def turned(body):
    """Return a body with the keys of every object in reverse."""
    if isinstance(body, dict):
        return {key: turned(body[key]) for key in reversed(body)}
    return [turned(item) for item in body] if isinstance(body, list) else body


@every
def test_every_example_tells_something(name):
    found = records(name, ALL[name][2])
    assert found
    check(found)


@every
@few
@given(data=st.data())
def test_a_body_with_anything_in_any_place_is_told_or_refused(name, data):
    body = ALL[name][2]
    place = data.draw(st.sampled_from(list(paths(body))))
    check(records(name, put(body, place, data.draw(JSON))))


@every
@few
@given(body=JSON)
def test_any_json_at_all_is_told_or_refused(name, body):
    check(records(name, body))


@every
def test_each_field_may_be_null_or_absent_without_more_than_a_refusal(name):
    body = ALL[name][2]
    for path in paths(body):
        check(records(name, put(body, path, None)))


@every
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_in_any_place_is_in_no_record(name, address):
    body = ALL[name][2]
    for path in paths(body):
        for value in (address, f"see {address}, or {address}", [address], {address: address}):
            for record in records(name, put(body, path, value)):
                text = json.dumps([record.record_id, record.scope, dict(record.payload)])
                assert not re.search(r"(@|%40)example", text, re.IGNORECASE), (path, text)
                assert '"k b' not in text


@every
def test_the_order_of_keys_changes_nothing(name):
    body = ALL[name][2]
    assert records(name, turned(body)) == records(name, body)


@every
def test_a_body_nested_too_deep_is_refused(name):
    deep = []
    for _ in range(5000):
        deep = [deep]
    body = ALL[name][2]
    for path in paths(body):
        check(records(name, put(body, path, deep)))
