"""What titles and bodies refer to."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hosts.references import LONGEST, MOST, masked, references

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("caused by #12 and !34", ("#12", "!34")),
        ("since v1.2.3, not in 1.2", ("v1.2.3", "1.2")),
        ("v2.0.0-rc.1 broke it.", ("v2.0.0-rc.1",)),
        (f"commit {SHA}.", (SHA,)),
        ("commit deadbeef1, see 1234567", ("deadbeef1",)),
        ("a word: defaced, facade", ()),
        ("https://ci.example.org/runs/12.", ("https://ci.example.org/runs/12",)),
        ("(https://ci.example.org/runs/12)", ("https://ci.example.org/runs/12",)),
        ("https://user:pass@example.org/x", ()),
        ("#12 again #12", ("#12",)),
        ("&#39; and colour &#1234", ()),
        ("acme/shop#12", ()),
        ("nothing", ()),
    ],
)
def test_numbers_versions_shas_and_urls_are_mentions(text, expected):
    assert references(None, text).mentions == expected


def test_titles_are_read_too():
    assert references("Down since #7", None).mentions == ("#7",)
    assert references(None, None).mentions == ()


@pytest.mark.parametrize(
    ("body", "reverts", "numbers"),
    [
        (f"This reverts commit {SHA}.", (SHA,), ()),
        ("This reverts commit 0123ABC", (), ()),
        ("Reverts acme/shop#12", (), ("12",)),
        ("Reverts #12", (), ("12",)),
        ("  Reverts !12", (), ("12",)),
        ("This reverts merge request !12", (), ("12",)),
        ("This reverts merge request acme/web/shop!12", (), ("12",)),
        ("It never reverts #12", (), ()),
        (f"This reverts commit {SHA}.\n\nReverts #3\n\nThis reverts commit {SHA}", (SHA,), ("3",)),
    ],
)
def test_reverts_are_found_by_the_words_that_hosts_write(body, reverts, numbers):
    found = references('Revert "x"', body)

    assert (found.reverts, found.reverts_numbers) == (reverts, numbers)


def test_addresses_are_masked_and_lines_joined():
    assert masked("ask  ann.b+c@example.com\nor @bea") == "ask *** or @bea"
    assert masked(None) is None
    assert masked("") is None


def test_a_very_long_body_is_read_in_no_time_and_only_its_beginning():
    for filling in ("a", "1.", "#", "https://", "0a", "Reverts ", "a@"):
        began = time.process_time()
        found = references("t", f"#1 {filling * LONGEST} #2")
        masked(filling * LONGEST)
        assert time.process_time() - began < 2
        assert "#2" not in found.mentions


def test_only_the_first_few_mentions_are_kept():
    assert len(references("", " ".join(f"#{number}" for number in range(99))).mentions) == MOST


@given(st.text())
def test_mentions_are_words_without_blanks_or_addresses(text):
    found = references(text, text)

    for one in (*found.mentions, *found.reverts, *found.reverts_numbers):
        assert len(one.split()) == 1
        assert masked(one) == one
