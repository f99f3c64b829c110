"""Every page, light and dark, from desk to phone: one visit each, and all there is to ask of it."""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser

# Where each page is, and how many charts it draws at least.
PAGES = {
    "overview": ("/", 5),
    "cadence": ("/cadence", 1),
    "flow": ("/flow", 4),
    "service": ("/service?service=checkout", 8),
    "architecture": ("/architecture", 0),
    "data": ("/data", 0),
    "reports": ("/reports", 0),
}
PAPER = {"light": "rgb(252, 251, 249)", "dark": "rgb(21, 23, 27)"}
SHOTS = Path(os.environ.get("DRUMBEAT_SHOTS") or tempfile.mkdtemp(prefix="drumbeat-shots-"))
# On a deep link Streamlit first looks for its server beside the page, then at the root.
PROBES = ("/_stcore/health", "/_stcore/host-config")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
AXE = CACHE / "drumbeat" / "axe-core-4.14.1" / "node_modules" / "axe-core" / "axe.min.js"
# What Streamlit itself draws: its hidden anchors, frames and labels are not ours to mend.
LOOKED_AT = ".stMarkdown"
RULES = ("color-contrast", "link-name", "svg-img-alt", "empty-heading", "td-headers-attr")
DRAWN = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= {}"
WIDE = """
[...document.querySelectorAll('.stMarkdown table, .stMarkdown h1, .stMarkdown p')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.className + ': ' + e.innerText.slice(0, 40))
"""
OVERLAPPING = """
[...document.querySelectorAll('.stColumn')].flatMap(column =>
  [...column.querySelectorAll('table, h3, p')].filter(inside => inside.checkVisibility() &&
    inside.getBoundingClientRect().right > column.getBoundingClientRect().right + 1))
  .map(e => e.className + ': ' + e.innerText.slice(0, 40))
"""


# A plain run looks at each page in one of the two.
VISITS = [
    pytest.param(name, scheme, marks=[pytest.mark.slow] * (place % 2 != (scheme == "dark")))
    for place, name in enumerate(PAGES)
    for scheme in PAPER
]


@pytest.mark.parametrize(("name", "scheme"), VISITS)
def test_a_page_is_whole(visit_demo, name, scheme):
    address, charts = PAGES[name]
    page = visit_demo(address, scheme=scheme)
    page.wait_for_function(DRAWN.format(charts))
    page.wait_for_load_state("networkidle")

    assert [said for said in page.complaints if not said.endswith(PROBES)] == []
    asked = {urlsplit(url) for url in page.requested}
    assert {u for u in asked if u.scheme not in ("data", "blob") and u.hostname != "localhost"} == (
        set()
    )
    ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert ground == PAPER[scheme]
    if AXE.exists():
        assert barriers(page) == []
    for width in (1440, 720, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"document.documentElement.scrollWidth <= {width}")
        assert page.evaluate(WIDE) == []
        assert page.evaluate(OVERLAPPING) == []
        picture(page, f"{name}-{scheme}-{width}", width)


def test_a_services_traits_and_their_failures_are_all_told_on_a_phone(visit_demo):
    page = visit_demo("/architecture?service=checkout", width=390)
    traits = page.locator("table", has=page.get_by_text("Trait", exact=True))

    for cell in traits.locator("td").all():
        assert cell.evaluate("cell => cell.checkVisibility()"), cell.text_content()
    assert [table.locator("tbody tr").count() for table in traits.all()] == [5, 5]


def barriers(page):
    """Return what axe-core finds on a page."""
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([looked, rules]) => axe.run(looked, {runOnly: {type: 'rule', values: rules}})",
        [LOOKED_AT, list(RULES)],
    )
    assert found["passes"]
    return [
        (broken["id"], node["html"][:120])
        for broken in found["violations"]
        for node in broken["nodes"]
    ]


def picture(page, name, width):
    """Take the whole page as a picture."""
    tall = page.locator(".stMainBlockContainer").bounding_box()["height"]
    page.set_viewport_size({"width": width, "height": int(tall) + 40})
    page.screenshot(path=SHOTS / f"{name}.png")
    assert (SHOTS / f"{name}.png").stat().st_size > 10_000
