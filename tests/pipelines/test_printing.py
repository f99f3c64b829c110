"""Numbers in plain text for a terminal."""

import polars as pl
import pytest

from pipelines import printing
from pipelines.explaining import Explanation

ROW = {
    "name": "shop", "starts_on": None, "metric": "recovery_time", "unit": "hours", "value": None,
    "at_least": None, "low": None, "high": None, "n": 1, "definition": "recovery_time@1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("at_least", "said"),
    [(None, "\N{EN DASH}"), (0.0, "more than under 5 min"), (4.0, "more than 4.0 h")],
)
def test_a_time_that_half_have_not_reached_is_more_than_what_is_known(at_least, said):
    assert printing.value(ROW | {"at_least": at_least}) == said


@pytest.mark.parametrize(
    ("is_git_only", "said"), [(False, "recovery time"), (True, "recovery time, inferred")]
)
def test_what_is_inferred_is_called_so(is_git_only, said):
    number = ROW | {"starts_on": "2026-03-02"}
    rows = pl.DataFrame([number]).with_columns(pl.col("starts_on").str.to_date())

    table = printing.metric_table(rows, has_periods=False, is_git_only=is_git_only)
    explained = Explanation(number, pl.DataFrame(), is_git_only).as_text()

    assert f"  {said}  " in table
    assert explained.startswith(f"{said} of shop, week of 2026-03-02: ")
