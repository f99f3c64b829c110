"""Requests that take others back: which deployment they mend, told by hand."""

import pytest

from tests.sql.hosts import CodeHost, organisation, sha
from tests.support import rows

HUB = CodeHost()
NAMES = ("by-sha", "by-number", "short", "unknown")


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    services = [{"name": name, "repository": f"acme/{name}"} for name in NAMES]
    with organisation(tmp_path_factory.mktemp("reverts"), HUB, services=services) as found:
        yield found


def taken_back(name, **says):
    """Say that request 2 was deployed, and taken back by request 4 two deployments later."""
    scope = HUB.repository(f"acme/{name}")
    HUB.line(scope, "root 1 09:00", "bad 3 09:00", "good 4 09:00", "back 5 09:00")
    for number, merge, day in ((2, "bad", 3), (3, "good", 4), (4, "back", 5)):
        HUB.change(
            scope, number, opened_at=f"{day} 08:00", merged_at=f"{day} 09:00",
            merge_sha=sha(merge), title=merge, **(says if number == 4 else {}),
        )  # fmt: skip
    for number, commit in enumerate(("root", "bad", "good", "back"), 1):
        HUB.deployment(scope, number, f"success {number + 1} 10:00", sha=sha(commit))


taken_back("by-sha", reverts=sha("bad"))
taken_back("by-number", reverts_numbers="2")
taken_back("short", reverts=sha("bad")[:8])
taken_back("unknown", reverts_numbers="77")


@pytest.mark.parametrize("name", ["by-sha", "by-number", "short"])
def test_a_revert_mends_the_deployment_that_first_carried_what_it_takes_back(con, name):
    query = "select deployment_id, mended_id from facts.remedies where service = $1 and how = $2"
    place = f"github.com/acme/{name}"
    assert rows(con, query, name, "revert") == [(f"{place}/4", f"{place}/2")]


def test_a_revert_of_an_unknown_request_is_a_revert_and_mends_nothing(con):
    query = "select change_id from facts.changes where service = 'unknown' and is_revert"
    assert rows(con, query) == [("acme/unknown#4",)]
    assert rows(con, "from facts.remedies where service = 'unknown'") == []
