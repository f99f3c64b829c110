"""The numbers are those of a slow reference written from the design's words."""

import os

import pytest

from tests.cases import building
from tests.reference.building import built, made
from tests.reference.comparing import GRAINS, differences
from tests.reference.generator import pack

IS_WHOLE = bool(os.environ.get("DRUMBEAT_TEST_ALL"))
# Unrelated teams that are built together: 2,000 of them, or 100.
PACKED = 50
PACKS = 40 if IS_WHOLE else 2
# Organisations of their own, for what is pooled over all there is.
ALONE = range(10_000, 10_100 if IS_WHOLE else 10_005)


@pytest.fixture(scope="module")
def warehouse():
    with building.warehouse() as con:
        yield con


@pytest.mark.parametrize("seed", range(PACKS))
def test_random_teams_have_the_numbers_of_the_reference(tmp_path, warehouse, seed):
    teams = pack(seed, PACKED)

    assert list(differences(made(warehouse, tmp_path, teams, GRAINS), teams)) == []


@pytest.mark.parametrize("seed", ALONE)
def test_a_random_organisation_has_the_numbers_of_the_reference(tmp_path, warehouse, seed):
    one = pack(seed, 1)

    assert list(differences(made(warehouse, tmp_path, one, GRAINS), one)) == []


@pytest.mark.parametrize("seed", ALONE[::5])
def test_a_random_organisation_is_published_as_the_reference_has_it(tmp_path, seed):
    one = pack(seed, 1)

    with built(tmp_path, one) as con:
        assert list(differences(con, one)) == []
