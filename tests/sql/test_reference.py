"""The published numbers are those of a slow reference written from the design's words."""

import os

import pytest

from tests.reference.building import built
from tests.reference.comparing import differences
from tests.reference.generator import pack

IS_WHOLE = bool(os.environ.get("DRUMBEAT_TEST_ALL"))
# Unrelated teams that are built together: 2,000 of them, or 400.
PACKED = 50
PACKS = 40 if IS_WHOLE else 8
# Organisations of their own, for what is pooled over all there is.
ALONE = range(10_000, 10_100 if IS_WHOLE else 10_005)


@pytest.mark.parametrize("seed", range(PACKS))
def test_random_teams_have_the_numbers_of_the_reference(tmp_path, seed):
    hold(pack(seed, PACKED), tmp_path)


@pytest.mark.parametrize("seed", ALONE)
def test_a_random_organisation_has_the_numbers_of_the_reference(tmp_path, seed):
    hold(pack(seed, 1), tmp_path)


def hold(one, folder):
    with built(folder, one) as con:
        assert list(differences(con, one)) == []
