"""The published numbers are those of a slow reference written from the design's words."""

import os

import pytest

from tests.reference.comparing import differences
from tests.reference.generator import CALENDARS, pack
from tests.support import organisation

PACKED = 7
SAMPLED = len(CALENDARS)
ALL = 2_000 // PACKED + 1


def compare(folder, seed):
    one = pack(seed, PACKED)
    with organisation(folder, as_of=one.as_of, **one.tables, **one.settings()) as con:
        assert list(differences(con, one)) == []


@pytest.mark.parametrize("seed", range(SAMPLED))
def test_random_organisations_have_the_numbers_of_the_reference(tmp_path, seed):
    compare(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SAMPLED, ALL))
def test_many_random_organisations_have_the_numbers_of_the_reference(tmp_path, seed):
    if not os.environ.get("DRUMBEAT_TEST_ALL"):
        pytest.skip("sampled in a plain run; DRUMBEAT_TEST_ALL=1 runs them all")
    compare(tmp_path, seed)
