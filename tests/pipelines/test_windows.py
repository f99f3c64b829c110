"""What reads the published file says so where another release made it."""

import duckdb
import pytest

from pipelines import windows
from pipelines.errors import DrumbeatError


def test_a_file_of_another_release_is_told_with_what_mends_it(tmp_path):
    file = tmp_path / "drumbeat-1.duckdb"
    duckdb.connect(file).close()

    with (
        pytest.raises(DrumbeatError, match=r"drumbeat-1\.duckdb lacks .* `drumbeat rebuild`"),
        windows.published(file) as con,
    ):
        con.sql("from facts.not_there_yet")
