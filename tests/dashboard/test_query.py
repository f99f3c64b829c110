"""An analyst's own SQL: what is run, what is refused, what is bounded."""

import time

import pytest

from dashboard import query
from dashboard.query import QueryRefusedError


@pytest.fixture(autouse=True)
def _folder(published, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(published))


@pytest.mark.parametrize(
    "text",
    [
        "select count(*) from marts.beats",
        "from marts.beats;",
        "with a as (select 1 as one) select one from a -- and a comment",
        "describe marts.beats",
        "show all tables",
        "summarize marts.beats",
        "explain select 1",
        "values (1)",
    ],
)
def test_queries_that_read_are_run(text):
    assert query.answer(text).rows.height > 0


@pytest.mark.parametrize(
    "text",
    [
        "attach '/tmp/other.duckdb'",
        "copy marts.beats to '/tmp/beats.csv'",
        "copy (select 1) to '/tmp/one.csv'",
        "export database '/tmp/all'",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "call pragma_version()",
        "set memory_limit = '9GB'",
        "set enable_external_access = true",
        "reset lock_configuration",
        "insert into marts.beats values (1, 2, 3)",
        "update config.run set is_demo = true",
        "delete from marts.beats",
        "drop table marts.beats",
        "create table config.mine as select 1",
        "create temp table mine as select 1",
        "create temp macro mine() as 1",
        "begin",
        "checkpoint",
        "use memory",
        "vacuum",
        "prepare mine as select 1",
        "explain analyze insert into marts.beats values (1, 2, 3)",
        "select 1; drop table marts.beats",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "from '/etc/hosts.csv'",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from read_parquet('https://example.invalid/a.parquet')",
        "select * from read_json('s3://bucket/a.json')",
        "select * from glob('/etc/*')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from query('copy (select 1) to ''/tmp/one.csv''')",
        "select * from duckdb_secrets()",
        "select getenv('HOME')",
        "select nothing from nowhere",
        "select from where",
        "",
        "-- nothing but a comment",
    ],
)
def test_all_else_is_refused_with_words(text):
    with pytest.raises(QueryRefusedError) as refused:
        query.answer(text)

    assert str(refused.value)


def test_the_programs_own_variables_are_not_tables():
    rows = query.answer("select 1").rows

    assert rows.height == 1
    with pytest.raises(QueryRefusedError, match="rows"):
        query.answer("select * from rows")


def test_a_refusal_leaves_the_file_as_it_was():
    with pytest.raises(QueryRefusedError, match="not delete statements"):
        query.answer("delete from marts.beats")

    assert query.answer("select count(*) as n from marts.beats").rows["n"][0] > 100


def test_a_long_query_is_stopped_and_the_next_one_runs():
    started = time.monotonic()

    with pytest.raises(QueryRefusedError, match="stopped after 0 s"):
        query.answer(
            "select sum(a.range * b.range) from range(10000000) a, range(100000) b", seconds=0.3
        )

    assert time.monotonic() - started < 20
    assert query.answer("select 1").rows.height == 1


def test_more_rows_than_the_limit_are_cut_and_said_to_be():
    answer = query.answer("from range(30)", limit=20)

    assert (answer.rows.height, answer.is_cut) == (20, True)
    assert query.answer("from range(20)", limit=20).is_cut is False


def test_an_order_outlives_the_limit():
    assert query.answer("from range(30) order by 1 desc", limit=2).rows["range"].to_list() == [
        29,
        28,
    ]


def test_memory_is_bounded():
    with pytest.raises(QueryRefusedError, match="memory"):
        query.answer("select list(range) from range(300000000)")


def test_an_answer_of_one_huge_cell_is_refused():
    with pytest.raises(QueryRefusedError, match=r"larger than|memory"):
        query.answer("select repeat('x', 90000000)")
