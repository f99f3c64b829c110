"""Take a picture of every page of the demo, and of its report.

``python -m bench.screenshots DATA FOLDER [all]``; the report's needs WeasyPrint and pdftoppm.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from bench.dashboard.browsing import server

PAGES = {
    "overview": "/",
    "cadence": "/cadence",
    "flow": "/flow",
    "service": "/service?service=checkout",
    "architecture": "/architecture?service=checkout",
    "data": "/data",
}
DESKTOP, PHONE, TALLEST = 1440, 390, 6000
PATIENCE = 120_000
DRAWN = "!document.querySelector('[data-stale=true], .stPlotlyChart:not(:has(.main-svg))')"


def main() -> None:
    """Write the pictures of the documentation, or with all those of each mode and width."""
    data, folder, *more = sys.argv[1:]
    modes = [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)]
    with server(Path(data)) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        for name, path in PAGES.items():
            for scheme, width in modes if more else modes[:1]:
                suffix = f"-{scheme}-{width}" if more else ""
                picture(
                    browser, address + path, Path(folder) / f"{name}{suffix}.png", scheme, width
                )
        browser.close()
    report(Path(data), Path(folder) / "weekly-report.png")


def report(data: Path, target: Path) -> None:
    """Write the first page of the report of the last whole week, as it prints."""
    with TemporaryDirectory() as made:
        written = ("report", "--data-dir", str(data), "--format", "pdf", "--out", made)
        subprocess.run([sys.executable, "-m", "pipelines", *written], check=True)
        (printed,) = Path(made).glob("*.pdf")
        first = ("-png", "-r", "110", "-f", "1", "-singlefile")
        subprocess.run(["pdftoppm", *first, printed, target.with_suffix("")], check=True)


def picture(browser: Browser, url: str, target: Path, scheme: str, width: int) -> None:
    """Write one page, as tall as it is."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.locator(".note, .stAlert, pre").last.wait_for()
    page.wait_for_function(DRAWN)
    # Charts find their width once more after the page has its own.
    page.wait_for_timeout(1500)
    tall = page.locator(".stMainBlockContainer").evaluate("element => element.offsetHeight")
    page.set_viewport_size({"width": width, "height": min(int(tall) + 24, TALLEST)})
    page.wait_for_timeout(1500)
    page.screenshot(path=target)
    context.close()


if __name__ == "__main__":
    main()
