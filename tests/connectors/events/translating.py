"""Translates a body the way the receiver does, at one pinned moment."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.connectors.events.examples import MODULES

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SHARED = Path(__file__).parents[4] / "shared" / "testbeds"


def events(format, body, headers=None, host="github.com", **further):
    """Return the events that a body tells, received at NOW."""
    return MODULES[format].translate(headers or {}, body, host=host, received_at=NOW, **further)


def payloads(format, body, headers=None, **further):
    """Return what lands of a body, one payload an event."""
    return [dict(event.record().payload) for event in events(format, body, headers, **further)]


def payload(format, body, headers=None, **further):
    """Return what lands of a body that tells one event."""
    (found,) = payloads(format, body, headers, **further)
    return found


def has(found, **wanted):
    """Assert that a payload has these values; None: that it has not the key."""
    told = {name: found.get(name) for name in wanted}
    assert told == wanted
    return True


def recorded(*names):
    """Return a file of the test beds; skip where they are not."""
    file = SHARED.joinpath(*names)
    if not file.exists():
        pytest.skip(f"needs ../shared/testbeds/{'/'.join(names)}")
    return file


def lines(file):
    """Return the JSON of each line of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
