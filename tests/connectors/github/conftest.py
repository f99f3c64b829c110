"""A made-up GitHub for each test, and what was landed of it."""

import pytest

from tests.connectors.github.site import Site
from tests.hosts.github_server import FakeGitHub


@pytest.fixture
def github():
    with FakeGitHub("2025-03-03 09:00") as served:
        yield served


@pytest.fixture
def shop(github):
    return github.repository("acme/shop")


@pytest.fixture
def site(github, shop):
    return Site(github)
