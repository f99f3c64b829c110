"""Flags that wait for somebody stand in the report, with why."""

import pytest

from pipelines.reports import markdown, weekly
from pipelines.reports.reading import WHOLE, Scope
from tests.reports.telling import acme, published
from tests.support import at

FLAG = {
    "flag_id": "f-1",
    "flag_key": "shop.new-till",
    "kind": "release",
    "service": "shop",
    "created_at": at("2026-03-23 10:00"),
    "removal_on": "2026-11-03",
    "url": "https://flags.example/new-till",
}
FINE = {**FLAG, "flag_id": "f-2", "flag_key": "shop.fine", "team": "Shops"}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    fine = {**FINE, "removal_on": "2027-01-01", "created_at": at("2026-11-20 10:00")}
    found = published(tmp_path_factory.mktemp("flags"), tables={**acme(), "flags": [FLAG, fine]})
    scopes = [WHOLE, Scope("service", "shop"), Scope("service", "books")]
    return weekly.read(found.serving, None, scopes)[0]


@pytest.mark.parametrize("scope", [WHOLE, Scope("service", "shop")])
def test_a_flag_past_its_day_is_told_with_its_age_and_why(reports, scope):
    (line,) = [one for one in markdown.render(reports[scope]).splitlines() if "new-till" in one]
    cells = [cell.strip() for cell in line.strip("|").split(" | ")]

    assert cells[:4] == [
        "[shop.new-till](https://flags.example/new-till)", "no owner", "245 days", "20 days",
    ]  # fmt: skip
    assert "past its removal date" in cells[4]


def test_flags_that_wait_for_nobody_and_those_of_others_are_left_out(reports):
    assert "shop.fine" not in markdown.render(reports[WHOLE])
    assert "Flags to end" not in markdown.render(reports[Scope("service", "books")])
