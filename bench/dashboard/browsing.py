"""Readers in a real browser: how long they wait, and what server and browser use meanwhile."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.async_api import Browser, Page, Playwright, async_playwright

from dashboard import launch

PEOPLE, IDLE, ROUNDS = 5, 15, 4
LOOK = 1.5
"""Seconds that a reader looks at a page before the next click."""
PATIENCE = 60_000
BUDGET = 120
"""Seconds after which readers begin no other round: a busy machine has fewer."""
STEPS = (
    ("team", "Logistics-3", "h1.sentence >> text=Logistics-3"),
    ("period", "36 months", "h2 >> text=36 months"),
    ("by", "monthly", ".metric >> text=last month"),
    ("by", "weekly", ".metric >> text=last week"),
    ("period", "12 months", "h2 >> text=12 months"),
    ("team", "All teams", "h1.sentence >> text=Large"),
)
PAGES = (
    ("Flow and stability", "table.failures", "timeline"),
    ("Service", "h1.sentence >> text=Which service", ""),
    ("Overview", "table.services", "rework-rate"),
)
"""Each page with the last of its words, and the last of its pictures."""
EMPTY = """
import streamlit as st
team = st.selectbox("Team", ["All teams", "Logistics-3"], key="team")
st.markdown(f'<h1 class=sentence>{team}</h1><p class=note>n</p>', unsafe_allow_html=True)
"""
"""A page of the framework with one filter and one sentence: what no page can be quicker than."""
PAINTS = """
Object.fromEntries(performance.getEntriesByType('paint')
    .map(found => [found.name.replaceAll('-', '_'), found.startTime / 1000]))
"""
EMPTY_STEPS = tuple(
    ("team", team, f"h1.sentence >> text={team}") for team in ("Logistics-3", "All teams")
)


def measure(data: Path) -> dict[str, Any]:
    """Measure one reader alone, then five who act while fifteen more have a page open.

    Before, the same browser paints a page of the framework with nothing but a filter on it.
    """
    with TemporaryDirectory() as folder:
        page = Path(folder) / "empty.py"
        page.write_text(EMPTY)
        with server(data, page) as (address, _):
            empty = asyncio.run(_empty(address))
    with server(data) as (address, process):
        return {"empty_page": empty, **asyncio.run(_measure(address, process))}


@contextmanager
def server(data: Path, page: Path | None = None) -> Iterator[tuple[str, int]]:
    """Serve the data, or a page of one's own; yield the address and the server's process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = launch.command(port, headless=True)
    process = subprocess.Popen(
        [str(page) if page and word.endswith("app.py") else word for word in command],
        env=launch.environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


async def _empty(address: str) -> dict[str, Any]:
    """Return how long an empty page takes: its first paint without a cache, and its filter."""
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        first = [await _first(browser, address) for _ in range(3)]
        page, _ = await _opened(browser, address)
        waits = [wait for _ in range(ROUNDS * 3) for wait in await _filtered(page, EMPTY_STEPS)]
        await browser.close()
    found = {**turned(first), "filter": said(waits)["filter"]}
    tell(f"an empty page: {found}")
    return found


async def chromium(playwright: Playwright) -> Browser:
    """Start the browser."""
    return await playwright.chromium.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", "--disable-dev-shm-usage"],
    )


async def _measure(address: str, process: int) -> dict[str, Any]:
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        first = [await _first(browser, address) for _ in range(5)]
        tell(f"first: {first}")
        page, _ = await _opened(browser, address)
        alone = await _acting(page)
        tell(f"alone: {said(alone)}")
        begun, spent = time.monotonic(), cpu(process)
        open_pages = [await _opened(browser, address) for _ in range(IDLE)]
        people = [(await _opened(browser, address))[0] for _ in range(PEOPLE)]
        tell(f"{IDLE + PEOPLE} more pages are open")
        together = [wait for waits in await asyncio.gather(*map(_acting, people)) for wait in waits]
        lasted = time.monotonic() - begun
        figures = {
            **turned(first),
            "alone": said(alone),
            "five_acting_fifteen_open": said(together),
            "server_cpu_of_one_core": round((cpu(process) - spent) / lasted, 2),
            "server_memory_mb": memory(process),
            "server_peak_memory_mb": memory(process, "VmHWM"),
            "browser_memory_mb": sum(memory(found) for found in below(os.getpid(), process)),
            "open_pages": len(open_pages) + len(people) + 1,
        }
        await browser.close()
    return figures


async def _opened(browser: Browser, address: str) -> tuple[Page, float]:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    begun = time.perf_counter()
    await page.goto(address)
    await page.locator("h1.sentence").wait_for()
    painted = time.perf_counter() - begun
    await page.locator(".note").wait_for()
    return page, painted


async def _first(browser: Browser, address: str) -> dict[str, float]:
    """Open the first page in a browser without a cache; return the seconds to each moment of it.

    The browser's own are its first paint, of anything, and its first of any content.
    """
    page, sentence = await _opened(browser, address)
    paints = await page.evaluate(PAINTS)
    await page.context.close()
    return {name: round(seconds, 2) for name, seconds in {**paints, "sentence": sentence}.items()}


def turned(found: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """Return what was found by moment, in place of moments by opening; the first is cold."""
    return {name: [one[name] for one in found] for name in found[0]}


async def _acting(page: Page) -> list[tuple[str, float]]:
    """Change every filter and go to every page, some times; return what was waited for."""
    waits: list[tuple[str, float]] = []
    until = time.monotonic() + BUDGET
    for _ in range(ROUNDS):
        if time.monotonic() > until:
            return waits
        waits += await _filtered(page, STEPS)
        for name, shown, picture in PAGES:
            link = page.get_by_role("link", name=name, exact=True)
            await asyncio.sleep(LOOK)
            begun = time.perf_counter()
            await link.click()
            await page.locator(shown).first.wait_for()
            waits.append((f"page {name}", time.perf_counter() - begun))
            if picture:
                await page.locator(f".st-key-{picture} .js-plotly-plot .main-svg").first.wait_for()
                waits.append((f"pictures of {name}", time.perf_counter() - begun))
    return waits


async def _filtered(page: Page, steps: Sequence[tuple[str, str, str]]) -> list[tuple[str, float]]:
    """Choose one thing after the other; return what was waited for."""
    waits = []
    for key, option, shown in steps:
        await page.locator(f".st-key-{key} input").click()
        choice = page.get_by_role("option", name=option, exact=True)
        await choice.wait_for()
        await asyncio.sleep(LOOK)
        begun = time.perf_counter()
        await choice.click()
        await page.locator(shown).first.wait_for()
        waits.append((f"filter {key}", time.perf_counter() - begun))
    return waits


def said(waits: list[tuple[str, float]]) -> dict[str, Any]:
    """Return median and 95th percentile of filters, pages, pictures and each of them, in ms."""
    found: dict[str, Any] = {}
    whole = dict.fromkeys(name.split()[0] for name, _ in waits)
    for kind in whole | dict.fromkeys(name for name, _ in waits):
        lengths = [seconds * 1000 for name, seconds in waits if name.startswith(kind)]
        p50, p95 = np.percentile(lengths, (50, 95))
        found[kind] = {"n": len(lengths), "p50_ms": round(p50), "p95_ms": round(p95)}
    return found


def tell(words: str) -> None:
    """Say how far it is; the figures alone go to stdout."""
    print(words, file=sys.stderr, flush=True)


def cpu(process: int) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int, kind: str = "VmRSS") -> int:
    """Return the memory of a process in MB, none where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith(kind)), 0)


def below(process: int, without: int) -> list[int]:
    """Return the processes that a process started, and those that they did, but one of them."""
    try:
        listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:
        return []
    own = [int(child) for child in listed if int(child) != without]
    return own + [found for child in own for found in below(child, without)]
