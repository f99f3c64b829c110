"""Whatever goes wrong between us and a pager, once it stops nothing is lost, nothing doubled."""

import os
import random

import pytest

from connectors.pagers import jira, opsgenie, pagerduty
from tests.connectors.gitlab.collecting import Landed
from tests.connectors.pagers.collecting import QUICK, collect
from tests.connectors.pagers.conftest import SINCE
from tests.connectors.pagers.jira_server import TOKEN as JIRA_TOKEN
from tests.connectors.pagers.jira_server import FakeJira
from tests.connectors.pagers.opsgenie_server import TOKEN as OPSGENIE_TOKEN
from tests.connectors.pagers.opsgenie_server import FakeOpsgenie
from tests.connectors.pagers.pagerduty_server import TOKEN as PAGERDUTY_TOKEN
from tests.connectors.pagers.pagerduty_server import FakePagerDuty
from tests.connectors.pagers.tls import over_tls
from tests.hosts.faults import Fault, FaultProxy, RandomFaults

SEEDS = range(200 if os.environ.get("DRUMBEAT_TEST_ALL") else 3)
# A refusal for good is none of these tests' business.
PASSING = tuple(
    fault for fault in Fault if fault.is_quick and fault not in (Fault.SPENT, Fault.SECONDARY)
)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    """Let a few things fill several pages."""
    for module in (jira, opsgenie, pagerduty):
        monkeypatch.setattr(module, "PAGE", 5)


def weeks_of_pagerduty(pager):
    for number in range(20):
        pager.wait(hours=number)
        made = pager.trigger(f"Incident {number}")
        pager.acknowledge(made)
        pager.change(f"Deployed {number}")
        if number % 3:
            pager.wait(minutes=number)
            pager.resolve(made)
    for made in pager.incidents[:12:4]:
        pager.reopen(made) if made["status"] == "resolved" else pager.resolve(made)


def weeks_of_opsgenie(genie):
    for number in range(20):
        genie.wait(hours=number)
        alert, incident = genie.alert(), genie.incident()
        if number % 3:
            genie.close(alert)
            genie.resolve(incident)
    for row in genie.things["/v2/alerts"][::6]:
        if row["status"] == "open":
            genie.close(row)


def weeks_of_jira(site):
    for number in range(20):
        site.wait(hours=number)
        made = site.issue(f"Incident {number}")
        site.move(made, "5" if number % 3 else "3")
    for made in site.issues[:12:4]:
        site.move(made, "6")


def duty(fake, url, cert):
    return pagerduty.connect(url=url, token=PAGERDUTY_TOKEN, ca=cert, since=SINCE, **QUICK)


def genie(fake, url, cert):
    return opsgenie.connect(url=url, token=OPSGENIE_TOKEN, ca=cert, since=SINCE, **QUICK)


def site(fake, url, cert):
    user = "ann@example.com" if fake.is_cloud else None
    return jira.connect(url=url, token=JIRA_TOKEN, user=user, ca=cert, since=SINCE, **QUICK)


KINDS = {
    "pagerduty": (FakePagerDuty, weeks_of_pagerduty, duty),
    "opsgenie": (FakeOpsgenie, weeks_of_opsgenie, genie),
    "jira": (FakeJira, weeks_of_jira, site),
    "jira data center": (lambda: FakeJira(is_cloud=False), weeks_of_jira, site),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_after_random_faults_nothing_is_lost_and_nothing_doubled(kind, seed, cert):
    make, fill, connect = KINDS[kind]
    dice, landed = random.Random(f"{kind} {seed}"), Landed()
    share = dice.choice((0.1, 0.3, 0.5))
    schedule = RandomFaults(seed, share, most=9, faults=PASSING)

    def read(until=lambda: False):
        api = connect(fake, url, cert)
        api.client.at = fake.now
        return collect(api, landed, until=until)

    with make() as fake, FaultProxy(fake.url, schedule, clock=lambda: fake.now) as proxy:
        url = over_tls(proxy.server, cert)
        for _ in range(3):
            fill(fake)
            read(until=lambda: dice.random() < 0.1)
        fake.wait(days=1)
        assert share < 0.5 or proxy.counts.total() > proxy.counts[Fault.PASS]
        proxy.stop_faults()
        read()
        read()
        assert [str(failure.error) for failure in landed.failures] == []
        told = dict(landed.records)
        landed = Landed()
        clean = read().records

    assert told.keys() == clean.keys()
    assert told == clean
