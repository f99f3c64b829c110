"""The published numbers are those of a slow reference written from the design's words."""

import os

import pytest

from tests.reference.comparing import differences
from tests.reference.generator import CALENDARS, pack
from tests.support import organisation

PACKED = 7
PACKS = 2_000 // PACKED + 1 if os.environ.get("DRUMBEAT_TEST_ALL") else len(CALENDARS)


@pytest.mark.parametrize("seed", range(PACKS))
def test_random_organisations_have_the_numbers_of_the_reference(tmp_path, seed):
    one = pack(seed, PACKED)
    with organisation(tmp_path, as_of=one.as_of, **one.tables, **one.settings()) as con:
        assert list(differences(con, one)) == []
