"""What must not change a number of a code host: time, order, and how it was collected."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import Record
from tests.sql.hosts import (
    AS_OF,
    CodeHost,
    built,
    land,
    march,
    organisation,
    project,
    sha,
    times,
    words,
)
from tests.support import changed, contents, rows, told

IS_WHOLE = bool(os.environ.get("DRUMBEAT_TEST_ALL"))
EXAMPLES = 50 if IS_WHOLE else 2
# What is told is cut afterwards; when it was collected is no matter of event time.
UNCUT = (
    "facts.cut", "marts.sources", "facts.told_changes", "facts.told_deployments",
    "facts.told_incidents",
)  # fmt: skip
SERVICES = [
    {"name": "shop", "repository": "acme/shop"},
    {"name": "runs", "repository": "acme/runs"},
]
SERVICES[1]["deployments"] = {"runs": ["Deploy"]}
MOMENTS = ("3 12:00", "6 09:00")
if IS_WHOLE:
    MOMENTS += ("2 12:00", "3 10:00", "4 09:00", "5 12:00", "4 15:00", "7 10:00")


def example():
    """Return a host where much happens between any two moments."""
    hub = CodeHost()
    shop, runs = hub.repository("acme/shop"), hub.repository("acme/runs")
    hub.line(shop, "root 1 09:00", "one 3 09:00", "two 4 09:00", "three 6 09:00", "last 7 16:00")
    for number, (merge, day) in enumerate((("one", 3), ("two", 4), ("three", 6)), 1):
        hub.change(
            shop, number, opened_at=f"{day - 1} 10:00", merged_at=f"{day} 09:00",
            merge_sha=sha(merge), closed_at=f"{day} 09:00", title=merge,
            commit_authored_ats=times(f"{day - 1} 09:00", f"{day - 1} 15:00"),
            reviews=words(f"commented {day - 1} 11:00 bob", f"approved {day} 08:00 bob"),
            reverts_numbers="1" if number == 3 else None,
        )  # fmt: skip
    hub.change(shop, 4, opened_at="3 09:00", closed_at="5 09:00", state="closed")
    hub.change(
        shop, 5, opened_at="3 09:00", is_draft=True,
        ready_events=words("ready 4 09:00", "draft 5 09:00"),
    )  # fmt: skip
    hub.deployment(shop, 1, "in_progress 2 10:00", "success 2 15:00", sha=sha("root"))
    hub.deployment(shop, 2, "queued 3 09:30", "in_progress 3 10:00", "failure 3 11:00",
                   "success 4 10:00", "inactive 5 10:00", sha=sha("one"))  # fmt: skip
    hub.deployment(shop, 3, "queued 4 15:00", "canceled 4 16:00", "failure 5 16:00", sha=sha("two"))
    hub.deployment(shop, 4, "queued 6 10:00", "success 6 15:00", sha=sha("three"))
    hub.run(runs, "run/1", "success", created_at="3 09:00", started_at="3 10:00",
            finished_at="5 10:00", sha=sha("x"))  # fmt: skip
    hub.release(runs, 1, "v1", "4 10:00")
    hub.issue(shop, 1, "4 11:00", acknowledged_at="4 12:00", closed_at="6 15:00")
    hub.issue(shop, 2, "6 16:00", mentions=sha("three"))
    return hub


def until(host, moment):
    """Return what the host would have told by then."""
    kept = CodeHost(host.kind, host.name)
    for entity, scopes in host.batches.items():
        for scope, held in scopes.items():
            found = [row for row in (earlier(entity, row, moment) for row in held) if row]
            kept.batches.setdefault(entity, {})[scope] = found
    commits = kept.batches["commits"]["acme/shop"]
    kept.batches["heads"] = {}
    kept.head("acme/shop", commits[-1]["subject"])
    return kept


def earlier(entity, row, moment):
    """Return a record as it was at a moment, None where it was not born yet."""
    if entity in ("commits", "repositories", "heads"):
        at = row["committed_at"] if isinstance(row, Mapping) else moment
        return row if at <= moment else None
    by = told(moment)
    fields = {
        key: value for key, value in row.payload.items() if not key.endswith("_at") or value <= by
    }
    for key in ("statuses", "reviews", "ready_events"):
        if key in fields:
            fields[key] = " ".join(w for w in fields[key].split() if w.split("@")[1] <= by)
    if "commit_authored_ats" in fields:
        authored = fields["commit_authored_ats"].split()
        fields["commit_authored_ats"] = " ".join(at for at in authored if at <= by)
    if fields.get("state") in ("closed", "merged") and not fields.keys() & {"closed_at"}:
        fields = {**fields, "state": "open"}
        fields.pop("merge_sha", None)
    if "ready_events" in fields and "draft" not in fields["ready_events"]:
        fields["is_draft"] = "ready" not in fields["ready_events"]
    born = {key for key in fields if key.endswith("_at")}
    return Record(entity, row.record_id, fields) if born else None


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    found = project(tmp_path_factory.mktemp("whole"), [example()], services=SERVICES)
    land(found, [example()])
    return found


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_as_of_a_moment_equals_a_run_on_what_was_there_by_then(tmp_path, whole, moment):
    as_of = march(moment)
    with built(whole, as_of) as con:
        told_later = contents(con, *UNCUT)

    with organisation(tmp_path, until(example(), as_of), as_of=as_of, services=SERVICES) as con:
        told_then = contents(con, *UNCUT)

    assert changed(told_later, told_then) == {}


def shuffled(host, dice):
    """Return the host in two parts, told in any order; what a record lists is in any order too."""
    parts = CodeHost(host.kind, host.name), CodeHost(host.kind, host.name)
    for entity, scopes in host.batches.items():
        for scope, held in scopes.items():
            for row in dice.sample(held, len(held)):
                found = dice.choice(parts).batches.setdefault(entity, {}).setdefault(scope, [])
                found.append(mixed(row, dice))
    return parts


def mixed(row, dice):
    """Return a record whose lists are in another order."""
    if isinstance(row, Mapping):
        return row
    payload = dict(row.payload)
    for key in ("statuses", "reviews", "ready_events"):
        listed = payload.get(key, "").split()
        payload |= {key: " ".join(dice.sample(listed, len(listed)))} if listed else {}
    return replace(row, payload=payload)


@pytest.fixture(scope="module")
def numbers(whole):
    with built(whole) as con:
        return contents(con, *UNCUT)


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_what_is_told_and_two_collections_instead_of_one_change_nothing(
    tmp_path_factory, numbers, seed
):
    first, second = shuffled(example(), Random(seed))
    found = project(tmp_path_factory.mktemp("shuffled"), [first], services=SERVICES)
    land(found, [first], AS_OF - timedelta(days=3))
    land(found, [second], AS_OF)

    with built(found) as con:
        assert changed(numbers, contents(con, *UNCUT)) == {}


def test_what_was_known_at_a_moment_is_what_had_been_collected_by_then(tmp_path):
    early, late = CodeHost(), CodeHost()
    for host, course in ((early, ()), (late, ("success 4 09:00",))):
        host.repository("acme/shop")
        host.deployment("acme/shop", 1, "in_progress 3 09:00", *course)
    found = project(tmp_path, [early], services=SERVICES[:1])
    land(found, [early], march("5 09:00"))
    land(found, [late], march("6 09:00"))

    told_of = {}
    for known in ("5 12:00", "6 12:00"):
        with built(found, march("4 12:00"), march(known)) as con:
            told_of[known] = rows(con, "select status, finished_at from facts.deployments")

    assert told_of == {
        "5 12:00": [("in_progress", None)],
        "6 12:00": [("success", march("4 09:00"))],
    }
