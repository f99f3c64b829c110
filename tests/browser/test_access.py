"""Whoever reads with a keyboard, a reader's voice or weak eyes can use every page."""

import pytest

pytestmark = pytest.mark.browser


def test_filters_and_links_are_reached_and_used_by_keyboard(visit):
    page = visit("/")
    page.locator("table.services a", has_text="stock").focus()

    assert page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle"
    ) in ("solid", "auto")  # fmt: skip
    page.keyboard.press("Enter")

    page.locator(".st-key-weeks").wait_for()
