"""Published files for pages to read."""

from functools import cache, partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard import organisation

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """Give the data directory of an organisation whose file is never changed."""
    folder = tmp_path_factory.mktemp("organisation")
    organisation.build(folder)
    return folder


@pytest.fixture(scope="session")
def emptied(tmp_path_factory):
    """Give the data directory of a first run that found nothing at all."""
    folder = tmp_path_factory.mktemp("emptied")
    organisation.build(folder, is_empty=True)
    return folder


@pytest.fixture
def opened(monkeypatch):
    """Open a page of the app over a data directory."""
    return partial(visited, monkeypatch)


@pytest.fixture(scope="session")
def shown():
    """Open a page as ``opened`` does, once for all tests that do nothing but read it."""

    @cache
    def at(folder, page="", **query):
        with pytest.MonkeyPatch.context() as patched:
            return visited(patched, folder, page, **query)

    return at


def visited(patched, folder, page="", **query):
    """Open a page of the app, as an address does that says what is chosen."""
    patched.setenv("DRUMBEAT_DATA_DIR", str(folder))
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page:
        app.switch_page(f"views/{page}.py").run()
    return app
