"""A receiver of events."""

import pytest

from tests.pipelines.receiving.serving import TOKENS, project, running


@pytest.fixture
def tokens(monkeypatch):
    """The environment that the configuration refers to."""
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    return TOKENS


@pytest.fixture
def receiver(tokens, tmp_path):
    """A running receiver with several senders."""
    with running(project(tmp_path)) as client:
        yield client
