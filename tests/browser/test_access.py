"""Whoever reads with a keyboard, a reader's voice or weak eyes can use every page."""

import os
from pathlib import Path

import pytest

from tests.browser.test_dashboard import PAGES

pytestmark = pytest.mark.browser

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
AXE = CACHE / "drumbeat" / "axe-core-4.14.1" / "node_modules" / "axe-core" / "axe.min.js"
# What Streamlit itself draws: its hidden anchors, frames and labels are not ours to mend.
LOOKED_AT = ".stMarkdown"
RULES = ("color-contrast", "link-name", "svg-img-alt", "empty-heading", "td-headers-attr")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed; .ci/run installs it")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_barrier_in_what_a_page_says(visit, name, scheme):
    page = visit(PAGES[name], scheme=scheme)
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))

    found = page.evaluate(
        "([looked, rules]) => axe.run(looked, {runOnly: {type: 'rule', values: rules}})",
        [LOOKED_AT, list(RULES)],
    )

    assert found["passes"]
    assert [
        (broken["id"], node["html"][:120]) for broken in found["violations"]
        for node in broken["nodes"]
    ] == []  # fmt: skip


def test_filters_and_links_are_reached_and_used_by_keyboard(visit):
    page = visit("/")
    page.locator("table.services a", has_text="stock").focus()

    assert page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle"
    ) in ("solid", "auto")  # fmt: skip
    page.keyboard.press("Enter")

    page.locator(".st-key-weeks").wait_for()
