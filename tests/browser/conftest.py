"""A real dashboard server and a real Chromium."""

import asyncio
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard import launch
from tests.dashboard import organisation
from tests.end_to_end.conftest import run

PATIENCE = 60
STYLED = "getComputedStyle(document.querySelector('.note')).borderTopStyle === 'solid'"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Serve a made organisation on a free port, from a folder that is not the project's."""
    folder = tmp_path_factory.mktemp("served")
    organisation.build(folder, is_demo=True)
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def demo_server(demo, tmp_path_factory):
    """Serve the demo, with its latest report."""
    folder = tmp_path_factory.mktemp("served") / "demo"
    shutil.copytree(demo, folder, symlinks=True)
    made = run("report", "--data-dir", str(folder))
    assert made.returncode == 0, made.stderr
    with served(folder) as address:
        yield address


@contextmanager
def served(folder):
    """Serve what a folder has published; yield where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        launch.command(port, headless=True),
        env=launch.environment(folder),
        cwd=folder,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(f"http://localhost:{port}/_stcore/health", process, Path(log.name))
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def wait_for(address, process, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"The dashboard did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def chromium():
    """Open the Chromium that is on the PATH."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on the PATH")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
    # Playwright leaves its loop as the running one, and other tests of this process have their own.
    asyncio._set_running_loop(None)


@pytest.fixture
def visit(chromium, server):
    """Open addresses of the made organisation, as ``visiting`` says."""
    with visiting(chromium, server) as go:
        yield go


@pytest.fixture
def visit_demo(chromium, demo_server):
    """Open addresses of the demo, as ``visiting`` says."""
    with visiting(chromium, demo_server) as go:
        yield go


@contextmanager
def visiting(chromium, server):
    """Open an address of the dashboard and wait until its page is whole.

    What the browser complained of and where it sent requests is kept on the page.
    """
    contexts = []

    def go(address, *, width=1440, scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requested = [], []
        page.on("console", lambda said: _complain(page, said))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("websocket", lambda socket: page.requested.append(socket.url))
        page.goto(server + address)
        page.locator(".note").wait_for(timeout=PATIENCE * 1000)
        # No text is ever drawn before the stylesheet.
        assert page.evaluate(STYLED)
        return page

    yield go
    for context in contexts:
        context.close()


def _complain(page, said):
    if said.type in ("error", "warning"):
        page.complaints.append(f"{said.text} {said.location.get('url', '')}")
