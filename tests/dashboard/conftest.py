"""A published file for pages to read."""

import pytest

from tests.dashboard import organisation


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """Give the data directory of an organisation whose file is never changed."""
    folder = tmp_path_factory.mktemp("organisation")
    organisation.build(folder)
    return folder
