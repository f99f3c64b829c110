"""Annotations in the configuration are refused with what would be right."""

from pathlib import Path

import pytest

from pipelines.configuration import ConfigurationError, parse

START = "sources: [{kind: demo}]\nservices: [{name: shop}]\nannotations:\n  - "


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{from: 2026-03-02, to: 2026-03-01, text: x}", "must not be before `from`"),
        ("{from: 2026-03-02, text: x, service: shpo}", "must be the name of a service"),
        ("{from: 2026-03-02, text: x, service: shop, team: web}", "take one of the two away"),
        ("{from: 2026-03-02}", "text: is missing"),
        ("{from: soon, text: x}", "must be a date such as"),
        ('{from: 2026-03-02, text: "two\\nlines"}', "must be one line of text"),
    ],
)
def test_what_is_wrong_is_told(entry, said):
    with pytest.raises(ConfigurationError) as caught:
        parse(START + entry, Path("drumbeat.yaml"))

    assert said in str(caught.value)
