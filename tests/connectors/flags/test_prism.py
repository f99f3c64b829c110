"""The official description of LaunchDarkly's API, served by Prism."""

import shutil

import pytest

from connectors.flags import FlagTool, launchdarkly
from connectors.hosts.walking import parsed
from tests.connectors.flags.collecting import QUICK, collect
from tests.connectors.pagers.test_prism import official
from tests.hosts.testbeds import find_testbeds

EARLY = parsed("2015-01-01T00:00:00Z")


def test_every_call_to_launchdarkly_is_answered_by_its_own_description(request):
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    specification = find_testbeds() / "openapi" / "launchdarkly-openapi.yaml"
    with official(request.config, specification) as (server, seen):
        api = launchdarkly.connect(url=server.url, token="a-token", since=EARLY, **QUICK)

        landed = collect(FlagTool(api))
        told = [one.level for one in api.access()]
        api.client.get("/api/v2/auditlog/507f1f77bcf86cd799439011", "entry")
        api.client.close()

    assert {status for _, status, _ in seen} == {200}, [one for one in seen if one[1] != 200][:3]
    assert [(one.entity, str(one.error)) for one in landed.failures] == []
    assert "mend" not in told
    (flag,) = (told for key, told in landed.records.items() if key[0] == "flags")
    assert flag["flag_id"] == "project-key-123abc/flag-key-123abc"
    assert (flag["team"], flag["kind"]) == ("Example team", "experiment")
    asked = {target.partition("?")[0] for target, _, _ in seen}
    assert any(target.startswith("/api/v2/flag-statuses/") for target in asked)
    assert "/api/v2/auditlog" in asked
