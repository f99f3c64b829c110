"""Made-up pagers for each test, and a certificate for those that insist on TLS."""

import pytest

from connectors.hosts.walking import parsed
from connectors.pagers import pagerduty
from tests.connectors.pagers.collecting import QUICK
from tests.connectors.pagers.pagerduty_server import TOKEN, FakePagerDuty
from tests.connectors.pagers.tls import certificate, over_tls

SINCE = parsed("2024-09-01T00:00:00Z")


@pytest.fixture(scope="session")
def cert(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def pager():
    with FakePagerDuty() as made:
        yield made


@pytest.fixture
def duty(pager, cert):
    """Return how to connect to the made-up PagerDuty."""
    url = over_tls(pager.server, cert)

    def connected(**told):
        asked = {"url": url, "token": TOKEN, "ca": cert, "since": SINCE, **QUICK, **told}
        api = pagerduty.connect(**asked)
        # Before the first answer this machine's clock would be asked.
        api.client.at = pager.now
        return api

    return connected
