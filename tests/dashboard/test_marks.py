"""Pieces of page: nothing from outside gets through as markup."""

import pytest

from dashboard import marks
from sql.drawing import strips

HOSTILE = "<script>alert(1)</script>\n\n\"'&"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.invalid/x",
        "http://[broken",
        "https:///x",
        "https://user:password@example.invalid/x",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url):
    assert marks.link(url, "here") == "here"


def test_a_web_address_is_escaped_and_opens_apart():
    made = marks.link('https://a.example.invalid/?q="><script>&a=b', "v1")

    assert made.startswith('<a href="https://a.example.invalid/?q=%22%3E%3Cscript%3E&amp;a=b"')
    assert 'rel="noopener noreferrer"' in made


def test_a_service_of_any_name_can_be_linked():
    made = marks.service_link('a/b&c="<', "&period=6%20months")

    assert 'href="service?service=a%2Fb%26c%3D%22%3C&amp;period=6%20months"' in made
    assert "&lt;</a>" in made


@pytest.mark.parametrize(
    "made",
    [
        strips.chip(HOSTILE),
        marks.link("https://example.invalid", HOSTILE),
        marks.service_link(HOSTILE),
        marks.Head(HOSTILE, HOSTILE, HOSTILE, [HOSTILE]).html(),
        marks.table([marks.Column(HOSTILE)], []),
    ],
)
def test_hostile_texts_are_escaped_and_stay_on_one_line(made):
    assert "<script>" not in made
    assert "\n" not in made


def test_each_state_has_a_chip_of_its_own_shape():
    chips = [strips.chip(state) for state in strips.CHIPS]

    assert len({chip.split('d="')[1] for chip in chips}) == len(chips)
    assert all(state in chip for state, chip in zip(strips.CHIPS, chips, strict=True))


def test_a_header_of_two_lines_is_broken_where_it_says():
    assert "Fail rate<br>0 to 40 %" in marks.table([marks.Column("Fail rate\n0 to 40 %")], [])
