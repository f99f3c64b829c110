"""Sign-in as a reader meets it: a made-up provider, a real server, a real Chromium."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import launch
from tests.browser.conftest import wait_for
from tests.browser.provider import CLIENT, SECRET, provided
from tests.dashboard import organisation

pytestmark = pytest.mark.browser
COOKIE_SECRET = "made-up-secret-of-cookies-that-is-long"


@pytest.fixture(scope="module")
def provider():
    with provided() as made:
        yield made


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, provider):
    """Serve the organisation to who signs in, as ``python -m dashboard`` does."""
    folder = tmp_path_factory.mktemp("guarded")
    organisation.build(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {
        "metadata_url": provider.metadata_url, "client_id": CLIENT, "client_secret": SECRET,
        "redirect_url": f"http://localhost:{port}/oauth2callback",
        "cookie_secret": COOKIE_SECRET, "domains": ["example.invalid"], "groups_claim": "groups",
        "groups": [{"group": "pay-devs", "team": "Payments"}, {"group": "audit", "team": None}],
    }  # fmt: skip
    environment = launch.environment(folder) | {launch.SIGN_IN: json.dumps(told)}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", str(folder), "--port", str(port), "--headless"],
            env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(f"http://localhost:{port}/_stcore/health", process, Path(log.name))
            yield f"http://localhost:{port}", process.pid, folder
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def door(chromium, guarded):
    """Open the dashboard as a stranger."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(guarded[0])
    page.get_by_role("button", name="Sign in").wait_for(timeout=60_000)
    yield page
    context.close()


def sign_in(page, provider, **claims):
    provider.person = {"email_verified": True, "name": "Somebody", **claims}
    page.get_by_role("button", name="Sign in").click()


def test_a_stranger_sees_nothing_but_the_door(door):
    text = door.locator("body").inner_text()

    assert "Sign in to see how steadily this organisation ships." in text
    assert "shipped" not in text
    assert "checkout" not in text
    assert "Overview" not in text


def test_who_is_of_an_allowed_domain_sees_the_pages_until_they_sign_out(door, provider):
    before = provider.tokens
    sign_in(door, provider, email="ada@example.invalid")
    door.get_by_role("heading", name=re.compile("^The organisation shipped")).wait_for(
        timeout=60_000
    )
    assert provider.tokens == before + 1

    door.get_by_role("button", name="Sign out").click()
    door.get_by_role("button", name="Sign in").wait_for(timeout=60_000)
    assert "shipped" not in door.locator("body").inner_text()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ada@elsewhere.invalid"},
        {"email": "ada@example.invalid", "email_verified": False},
        {"email": "ada@example.invalid.elsewhere.invalid"},
        {"groups": ["other"]},
    ],
)
def test_who_is_signed_in_and_not_allowed_is_told_so(door, provider, claims):
    sign_in(door, provider, **claims)

    door.get_by_role("heading", name=re.compile("may not see these pages")).wait_for(timeout=60_000)
    assert "shipped" not in door.locator("body").inner_text()


def test_a_member_of_a_group_begins_with_its_team(door, provider):
    sign_in(door, provider, email="ada@elsewhere.invalid", groups=["pay-devs"])

    door.get_by_role("heading", name=re.compile("^Payments shipped")).wait_for(timeout=60_000)


def test_no_secret_stands_in_the_servers_command_or_environment(guarded):
    _, pid, folder = guarded
    told = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()

    assert b"streamlit" in told
    assert SECRET.encode() not in told
    assert COOKIE_SECRET.encode() not in told
    # Streamlit wants a file, which its owner alone can read.
    assert (folder / "sign-in.toml").stat().st_mode & 0o077 == 0
