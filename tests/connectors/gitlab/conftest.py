"""A made-up GitLab for each test."""

import pytest

from tests.hosts.gitlab_server import FakeGitLab


@pytest.fixture
def gitlab():
    with FakeGitLab() as made:
        yield made


@pytest.fixture
def shop(gitlab):
    return gitlab.state.project("acme/shop")
