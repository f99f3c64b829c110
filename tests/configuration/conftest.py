import pytest

from tests.configuration.example import SECRETS, copied


@pytest.fixture
def secrets(monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def example(tmp_path, secrets):
    return copied(tmp_path)
