"""CSV that a spreadsheet shows and never runs."""

from datetime import UTC, datetime

import polars as pl
import pytest

from dashboard import download


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd|x", "@sum(a1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_a_spreadsheet_would_run_is_prefixed(cell):
    assert download.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1", "+1.5", "1", "plain", "", None])
def test_numbers_and_plain_texts_stay_as_they_are(cell):
    assert download.harmless(cell) == cell


def test_columns_keep_their_kind_and_names_are_made_harmless_too():
    frame = pl.DataFrame(
        {
            "n": [-1],
            "=bad": ["=1"],
            "at": [datetime(2026, 1, 2, tzinfo=UTC)],
            "paths": [["=a", "b"]],
            "gone": [None],
        }
    )

    first, second = download.csv(frame).splitlines()

    assert first == "n,'=bad,at,paths,gone"
    assert second == "-1,'=1,2026-01-02T00:00:00.000000+0000,\"['=a', 'b']\","
