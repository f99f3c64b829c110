"""Every model is what its header says, and stays in the SQL that carries to another engine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

import sql
from pipelines.steps import steps
from pipelines.warehouse import opened
from tests.reference.generator import pack
from tests.support import project, refresh, write

MODELS = sql.models()
NAMES = [model.table for model in MODELS]
LAYERS = ("raw", "config", "seeds", "staging", "facts", "marts")
RANK = {layer: place for place, layer in enumerate(LAYERS)}


def tree(model):
    return sqlglot.parse_one(model.text, read="duckdb")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A warehouse with something in most tables."""
    folder = tmp_path_factory.mktemp("models")
    one = pack(1, 6)
    write(folder / "files", **one.tables)
    found = project(folder, **one.settings())
    refresh(found, one.as_of)
    with opened(found.warehouse, read_only=True) as con:
        yield con


@pytest.mark.parametrize("table", list(steps()))
def test_the_header_lists_the_columns_of_the_table_in_their_order(built, table):
    found = built.sql(
        "select column_name from duckdb_columns() "
        "where concat(schema_name, '.', table_name) = $1 "
        "and database_name = current_database() order by column_index",
        params=[table],
    ).fetchall()
    described = [(column.name, column.comment) for column in steps()[table].columns]
    assert [name for (name,) in found] == [name for name, _ in described]
    assert all(text and text.strip() for _, text in described)


@pytest.mark.parametrize("one", [*sql.models(), *sql.peers()], ids=lambda one: one.table)
def test_what_a_model_reads_is_what_a_parser_finds(one):
    found = sqlglot.parse_one(one.text, read="duckdb").find_all(exp.Table)

    assert sql.upstream(one) == tuple(sorted({f"{t.db}.{t.name}" for t in found if t.db}))


@pytest.mark.parametrize("table", list(steps()))
def test_the_grain_is_columns_that_no_two_rows_share(built, table):
    step = steps()[table]
    assert set(step.grain) <= {column.name for column in step.columns}
    grain = ", ".join(step.grain)
    twice = f"select {grain}, count(*) from {table} group by all having count(*) > 1"
    assert built.sql(twice).fetchall() == []


# What has no service is told of with an empty one.
FOUND = ("deployment_findings", "change_findings", "incident_findings", "service_findings")
WITHOUT_SERVICE = {
    (table, "service")
    for table in (
        "facts.incidents",
        "marts.data_quality",
        "marts.source_findings",
        *(f"marts.{name}" for name in FOUND),
    )
}


@pytest.mark.parametrize("table", list(steps()))
def test_no_column_of_the_grain_is_null(built, table):
    for column in steps()[table].grain:
        if (table, column) not in WITHOUT_SERVICE:
            query = f"select count(*) from {table} where {column} is null"
            assert built.sql(query).fetchall() == [(0,)], column


@pytest.mark.parametrize("table", list(steps()))
def test_every_table_says_what_one_row_is(table):
    assert steps()[table].summary.startswith("One row")


def test_every_sql_file_is_one_model_and_every_name_is_used_once():
    folder = Path(sql.__file__).parent
    asked = ("macros", "adhoc")
    files = [file for file in folder.glob("*/*.sql") if file.parent.name not in asked]
    assert sorted(f"{file.parent.name}.{file.stem}" for file in files) == sorted(NAMES)
    assert len(set(NAMES)) == len(NAMES)
    assert len(steps()) == len(NAMES) + len([step for step in steps().values() if step.analyse])


def test_the_last_column_of_a_header_says_nothing_of_what_stands_below():
    for model in MODELS:
        below = model.text.partition("\n\n")[2]
        for line in re.findall("^-- (.*)", below, re.MULTILINE):
            assert line not in model.columns[-1].description, model.table


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_model_is_one_select_and_reads_no_layer_above_its_own(model):
    assert len([found for found in sqlglot.parse(model.text, read="duckdb") if found]) == 1
    assert isinstance(tree(model), exp.Query)
    for table in sql.upstream(model):
        layer = table.split(".")[0]
        assert RANK[layer] <= RANK[model.layer], table
        assert (layer == "raw") <= (model.layer == "staging" or model.table == "marts.sources")
        assert layer in ("raw", "config") or table in steps(), table


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_every_table_is_named_with_its_layer(model):
    named = {common.alias for common in tree(model).find_all(exp.CTE)}
    for table in tree(model).find_all(exp.Table):
        is_relation = isinstance(table.this, exp.Identifier)
        assert table.db or not is_relation or table.name in named, table.sql()


LACKING = {
    "strftime", "getvariable", "approx_quantile", "date_diff", "datediff", "now",
    "today", "current_date", "random", "percentile_cont", "isodow", "timetostr", "approxquantile",
    "pivot", "withingroup", "currenttimestamp", "currentdate", "rand",
}  # fmt: skip
PHRASES = (
    "->>",
    "list_filter",
    "asof ",
    "from range(",
    "from generate_series(",
    " using (",
    " ilike ",
)


def refused(query: str) -> Iterator[str]:
    """Yield what a query uses that other engines do not have, or read otherwise."""
    lines = [line.split("--")[0] for line in query.lower().splitlines()]
    yield from (phrase.strip() for phrase in PHRASES if phrase in " ".join(lines))
    for node in sqlglot.parse_one(query, read="duckdb").walk():
        name = node.name.lower() if isinstance(node, (exp.Anonymous, exp.Extract)) else node.key
        if name in LACKING:
            yield name
        if isinstance(node, exp.Join) and node.args.get("using"):
            yield "using"
        if isinstance(node, exp.Div):
            yield from divided(node.expression.unnest())


def divided(divisor: exp.Expression) -> Iterator[str]:
    """Yield what is divided by unless that is never nought."""
    # Whole periods have days, and at a step of a survival curve somebody is at risk.
    is_safe = divisor.name in ("day_count", "risk_count")
    if isinstance(divisor, exp.Column) and divisor.name.endswith("_count") and not is_safe:
        yield f"/ {divisor.name} without nullif"
    if isinstance(divisor, (exp.Count, exp.Sum)):
        yield "/ count(...) without nullif"


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_model_uses_only_sql_that_other_engines_read_alike(model):
    assert list(refused(model.text)) == []


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_model_can_be_written_for_spark(model):
    for table in tree(model).find_all(exp.Table):
        assert not isinstance(table.this, exp.Func), table.sql()
    written = sqlglot.transpile(
        model.text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    sqlglot.parse_one(written[0], read="spark")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("select strftime(a, '%V') from b", "timetostr"),
        ("select a from b asof join c on b.d >= c.d", "asof"),
        ("select date_diff('hour', a, b) from c", "datediff"),
        ("select extract(isodow from a) from b", "isodow"),
        ("select approx_quantile(a, 0.5) from b", "approxquantile"),
        ("select a / failed_count from b", "/ failed_count without nullif"),
        ("select list_filter(a, x -> x > 1) from b", "list_filter"),
        ("select getvariable('a')", "getvariable"),
        ("select percentile_cont(0.5) within group (order by a) from b", "withingroup"),
        ("select now()", "now"),
        ("select a from range(3)", "from range("),
        ("select a ->> '$.b' from c", "->>"),
        ("select a from b inner join c using (d)", "using"),
    ],
)
def test_what_other_engines_lack_is_found(query, why):
    assert why in set(refused(query))
