"""What must not change a number: running again, starting anew, looking back."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines import refreshing
from pipelines.settings import Run
from tests.reference.building import Held, held, kept
from tests.reference.generator import pack
from tests.support import Silent, changed, contents, published, refresh

SEEDS = range(900, 920) if os.environ.get("DRUMBEAT_TEST_ALL") else range(900, 901)


@pytest.fixture(scope="module", params=SEEDS)
def first(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    return kept(tmp_path_factory.mktemp("held"), pack(request.param, 5))


def test_a_second_refresh_changes_nothing_and_makes_nothing_again(first):
    again = refresh(first.project, first.organisation.as_of)

    with published(first.project) as con:
        assert changed(first.everything, contents(con)) == {}
    assert [built.table for built in again.built if built.is_new] == []


def test_a_rebuild_from_landing_equals_the_run_that_collected(first):
    as_of = first.organisation.as_of

    refreshing.rebuild(first.project, Run(as_of, as_of), Silent(is_terminal=False))

    with published(first.project) as con:
        assert changed(first.everything, contents(con)) == {}


def test_a_run_as_of_a_moment_equals_a_run_on_what_was_there_by_then(tmp_path, first):
    one = first.organisation
    early = replace(one, as_of=one.as_of - timedelta(days=9, hours=5))

    whole, cut = held(tmp_path / "whole", early), held(tmp_path / "cut", early.truncated())

    assert changed(whole, cut) == {}
