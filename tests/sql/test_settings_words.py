"""What is said of the tables under config."""

import pytest

from pipelines.settings import TABLES, names
from pipelines.settings_words import SHARED, SUMMARIES, columns


@pytest.mark.parametrize("table", TABLES)
def test_every_table_of_settings_is_described_and_no_other(table):
    found = names(TABLES[table])

    assert list(columns(table, found)) == found, "describe it in pipelines/settings_words.py"
    assert all(columns(table, found).values())
    assert SUMMARIES[table].startswith("One row")


def test_no_words_are_left_of_what_is_no_more():
    used = {name for described in TABLES.values() for name in names(described)}

    assert set(SHARED) <= used
    assert set(SUMMARIES) == set(TABLES)
