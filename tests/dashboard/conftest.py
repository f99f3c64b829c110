"""Published files for pages to read."""

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

    def at(folder, page="", **query):
        monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(folder))
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if page:
            app.switch_page(f"views/{page}.py").run()
        return app

    return at
