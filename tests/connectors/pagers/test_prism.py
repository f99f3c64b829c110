"""The official descriptions of PagerDuty's and Opsgenie's APIs, served by Prism."""

import json
import shutil
import subprocess
from contextlib import contextmanager

import pytest
import requests

from connectors.hosts.walking import parsed
from connectors.pagers import opsgenie, pagerduty
from tests.connectors.pagers.collecting import QUICK, collect
from tests.connectors.pagers.tls import over_tls
from tests.hosts.emulator import free_port
from tests.hosts.node_packages import installed
from tests.hosts.prism import PACKAGE, started
from tests.hosts.serving import Answer, Server
from tests.hosts.testbeds import find_testbeds

EARLY = parsed("2015-01-01T00:00:00Z")


@contextmanager
def official(config, specification):
    """Serve a description and yield its server, which keeps what was asked and answered."""
    node = shutil.which("node")
    program = installed(config, PACKAGE) / "@stoplight" / "prism-cli" / "dist" / "index.js"
    port = free_port()
    serving = [node, program, "mock", "--port", str(port), "--host", "127.0.0.1", specification]
    seen = []

    def answer(request):
        # Prism knows no media types but those of the description.
        headers = {"Accept": "application/json", "Authorization": request.headers["authorization"]}
        found = requests.get(
            f"http://127.0.0.1:{port}{request.target}", headers=headers, timeout=60
        )
        seen.append((request.target, found.status_code, found.text[:300]))
        return Answer(found.status_code, found.content)

    with started(serving) as process:
        assert any("is listening" in line for line in process.stdout), "Prism did not start"
        with Server(answer) as server:
            yield server, seen


def mend(specification):
    """Drop patterns that are none: they spell out `YYYY-MM-DD`."""
    told = json.loads(specification.read_text(encoding="utf-8"))
    for name in ("change_since", "change_until"):
        told["components"]["parameters"][name]["schema"].pop("pattern")
    specification.write_text(json.dumps(told), encoding="utf-8")


@pytest.fixture(scope="module")
def beds():
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    return find_testbeds()


def test_every_call_to_pagerduty_is_answered_and_more_for_ever_is_noticed(
    request, beds, cert, tmp_path
):
    specification = tmp_path / "pagerduty.json"
    prepared = ["node", beds / "tools" / "prep_pd_spec.mjs"]
    source = beds / "openapi" / "pagerduty-rest-openapiv3.json"
    subprocess.run([*prepared, source, specification], check=True, capture_output=True)
    mend(specification)
    with official(request.config, specification) as (server, seen):
        url = over_tls(server, cert)
        api = pagerduty.connect(url=url, token="a-token", ca=cert, since=EARLY, **QUICK)

        landed = collect(api)
        logged = api.log.one("PT4KHLK")
        told = [one.level for one in api.access()]
        api.client.get("/incidents/PT4KHLK", "incident")
        api.client.close()

    assert {status for _, status, _ in seen} == {200}, [one for one in seen if one[1] != 200][:3]
    (failure,) = landed.failures
    assert (failure.entity, "for ever" in str(failure.error)) == ("incidents", True)
    assert len(landed.of("deployments", "change_events")) == 2
    assert [entry["type"] for entry in logged] == ["trigger_log_entry"]
    assert "mend" not in told


def test_every_call_to_opsgenie_is_answered_and_more_for_ever_is_noticed(request, beds, tmp_path):
    # Opsgenie answers without the slash that its description has at the end.
    text = (beds / "openapi" / "opsgenie-swagger.json").read_text(encoding="utf-8")
    specification = tmp_path / "opsgenie.json"
    specification.write_text(text.replace('"/v1/incidents/"', '"/v1/incidents"'), "utf-8")
    with official(request.config, specification) as (server, seen):
        api = opsgenie.connect(url=server.url, token="a-token", since=EARLY, **QUICK)

        landed = collect(api)
        told = [one.level for one in api.access()]
        api.client.close()

    unknown = [one for one in seen if one[1] != 200 and "/v1/services" not in one[0]]
    assert unknown == []
    # Of this description too the example always has a next page.
    assert [failure.scope for failure in landed.failures] == ["incidents", "alerts"]
    assert all("for ever" in str(failure.error) for failure in landed.failures)
    assert "mend" not in told
