"""Who may see the pages, and where the server refuses to be open to everybody."""

import os
import subprocess
import sys

import pytest

from dashboard import launch
from dashboard.access import may_see, team_of

RULES = {
    "domains": ["Example.org"],
    "groups_claim": "groups",
    "groups": [{"group": "audit", "team": None}, {"group": "pay", "team": "Payments"}],
}


@pytest.mark.parametrize(
    ("claims", "is_so"),
    [
        ({"email": "ada@example.org"}, True),
        ({"email": "ada@example.ORG", "email_verified": True}, True),
        ({"email": "ada@example.org", "email_verified": False}, False),
        ({"email": "ada@sub.example.org"}, False),
        ({"email": "ada@example.org@elsewhere.example.com"}, False),
        ({"email": "example.org"}, False),
        ({"email": ""}, False),
        ({}, False),
        ({"groups": ["pay"]}, True),
        ({"groups": "audit"}, True),
        ({"groups": ["paying"]}, False),
        ({"groups": None}, False),
        ({"roles": ["pay"]}, False),
    ],
)
def test_domain_or_group_lets_in(claims, is_so):
    assert may_see(claims, RULES) is is_so


def test_without_domains_and_groups_the_provider_decides():
    assert may_see({"sub": "1"}, {**RULES, "domains": [], "groups": []})


@pytest.mark.parametrize(
    ("groups", "team"),
    [(["pay"], "Payments"), (["audit"], ""), (["audit", "pay"], "Payments"), ([], "")],
)
def test_a_group_leads_to_its_team(groups, team):
    assert team_of({"groups": groups}, RULES) == team


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "::1", "127.8.0.1"])
def test_this_machine_needs_no_sign_in(address):
    launch.refuse_open(address, has_sign_in=False, is_open=False)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "pages.example.org", ""])
def test_others_need_sign_in_or_a_word(address):
    with pytest.raises(launch.RefusedError, match=r"say --open if that is meant"):
        launch.refuse_open(address, has_sign_in=False, is_open=False)
    launch.refuse_open(address, has_sign_in=True, is_open=False)
    launch.refuse_open(address, has_sign_in=False, is_open=True)


@pytest.mark.parametrize("module", ["dashboard", "pipelines"])
def test_the_command_refuses_before_it_listens(tmp_path, module):
    words = {
        "dashboard": [str(tmp_path), "--host", "0.0.0.0"],
        "pipelines": ["dashboard", "--data-dir", str(tmp_path), "--host", "0.0.0.0"],
    }[module]
    environment = {**os.environ, **launch.environment(tmp_path)}
    environment.pop(launch.SIGN_IN, None)
    ended = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert ended.returncode == 1
    assert "--host 0.0.0.0 would let whoever reaches it read the pages" in ended.stderr
