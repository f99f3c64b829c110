"""The SQL of other tools says what slow references say that were written from their words."""

import os
from datetime import timedelta

import pytest

from tests.cases import building
from tests.peers import agreeing
from tests.reference.generator import CALENDARS, pack

ORGANISATIONS = 16
IS_WHOLE = bool(os.environ.get("DRUMBEAT_TEST_ALL"))
PACKS = 126 if IS_WHOLE else len(CALENDARS)
BEFORE = (21, 84, 400)
BYS = ("window", "week", "month")


@pytest.fixture(scope="module")
def warehouse():
    with building.warehouse() as con:
        yield con


@pytest.mark.parametrize("seed", range(PACKS))
def test_random_organisations_have_the_numbers_of_the_words(tmp_path, warehouse, seed):
    one = pack(5000 + seed, ORGANISATIONS)
    agreeing.built(warehouse, tmp_path, one)
    until = one.day(one.as_of) + timedelta(days=seed % 4 - 2)
    by = BYS[seed // 3 % 3]
    # A year of weeks in every scope is long to count by hand.
    since = until - timedelta(days=min(BEFORE[seed % 3], 63 if by == "week" else 400))

    found = agreeing.differences(warehouse, one, agreeing.chosen(warehouse, since, until), by)

    assert list(found) == []


@pytest.mark.parametrize("seed", range(PACKS)[:: 1 if IS_WHOLE else 2])
def test_a_single_organisation_has_the_numbers_of_the_words(tmp_path, warehouse, seed):
    one = pack(7000 + seed, 1)
    agreeing.built(warehouse, tmp_path, one)
    until = one.day(one.as_of) + timedelta(days=1)

    found = agreeing.differences(
        warehouse, one, agreeing.chosen(warehouse, until - timedelta(days=90), until)
    )

    assert list(found) == []
