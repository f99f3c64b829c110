"""What comes out of a query in the forms that can be asked for."""

import io
import json

import duckdb
import pytest

from pipelines import asking


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "asked.duckdb"
    with duckdb.connect(str(path)):
        pass
    return path


def answered(file, query):
    out = io.BytesIO()
    asking.answer(file, query, "json", out)
    return json.loads(out.getvalue())


def test_a_decimal_is_a_number_in_json(file):
    query = "select 0.083333333::decimal(18, 9) as a, 0::decimal(18, 9) as b, 12.5::decimal as c"
    assert answered(file, query) == [{"a": 0.083333333, "b": 0, "c": 12.5}]


def test_a_day_is_text_in_json_and_nothing_is_null(file):
    query = "select date '2026-11-09' as a, null::decimal(18, 9) as b"
    assert answered(file, query) == [{"a": "2026-11-09", "b": None}]
