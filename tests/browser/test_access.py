"""Whoever reads with a keyboard, a reader's voice or weak eyes can use every page."""

import re

import pytest

pytestmark = pytest.mark.browser


def test_what_a_point_leads_to_is_reached_by_keyboard(visit):
    page = visit("/")
    page.locator(".st-key-change-fail-rate a.evidence").focus()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/flow\?.*week=2026-W47"))


def test_filters_and_links_are_reached_and_used_by_keyboard(visit):
    page = visit("/")
    page.locator("table.services a", has_text="stock").focus()

    assert page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle"
    ) in ("solid", "auto")  # fmt: skip
    page.keyboard.press("Enter")

    page.locator(".st-key-weeks").wait_for()
