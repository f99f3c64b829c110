"""Every model of another tool is what its header says, in the SQL that carries to other engines."""

from datetime import timedelta

import duckdb
import pytest
import sqlglot
from sqlglot import exp

import sql
from pipelines import comparing
from pipelines.errors import DrumbeatError
from pipelines.publishing import LAYERS, PRIVATE
from pipelines.steps import steps
from sql.peering import CHOSEN, below, models
from sql.tools import TOOLS
from tests.cases import building
from tests.peers import agreeing
from tests.reference.generator import pack
from tests.sql.test_models import refused

TABLES = sorted(models())
OURS = ("deployments", "changes", "incidents")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A warehouse with the tables of every tool."""
    one = pack(1, 6)
    with building.warehouse() as con:
        agreeing.built(con, tmp_path_factory.mktemp("models"), one)
        until = one.day(one.as_of) + timedelta(days=1)
        chosen = agreeing.chosen(con, until - timedelta(days=90), until)
        comparing.counted(con, chosen, list(TOOLS.values()))
        yield con


@pytest.mark.parametrize("table", [name for name in TABLES if not name.startswith("drumbeat.")])
def test_a_table_has_the_columns_and_the_grain_of_its_header(made, table):
    model, name = models()[table], table.replace(".", "__")
    assert made.sql(f"from {name}").columns == [column.name for column in model.columns]
    assert model.summary.startswith("One row")
    grain = ", ".join(model.grain)
    twice = f"select {grain}, count(*) from {name} group by all having count(*) > 1"
    assert made.sql(twice).fetchall() == []
    assert all(column.description.strip() for column in model.columns)


@pytest.mark.parametrize("table", TABLES)
def test_a_model_is_short_and_uses_only_what_other_engines_read_alike(table):
    model = models()[table]
    assert list(refused(model.text)) == []
    assert len(model.text.splitlines()) < 100
    tree = sqlglot.parse_one(model.text, read="duckdb")
    named = {common.alias for common in tree.find_all(exp.CTE)}
    assert not [
        one.sql() for one in tree.find_all(exp.Table) if not one.db and one.name not in named
    ]
    written = sqlglot.transpile(
        model.text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    sqlglot.parse_one(written[0], read="spark")


@pytest.mark.parametrize("table", TABLES)
def test_a_model_reads_what_is_published_or_made_for_it(table):
    tool = models()[table].layer
    for read in sql.upstream(models()[table]):
        layer = read.split(".")[0]
        assert read in CHOSEN or read in models() or read in steps(), read
        assert layer in ("chosen", "shared", "facts", tool), read


def test_every_model_is_read_by_some_number():
    numbers = [f"{tool}.metrics" for tool in TOOLS]
    assert set(TABLES) == {*below(numbers), *(f"drumbeat.{name}" for name in OURS)}


def test_nothing_is_read_that_is_not_published():
    for table in comparing.published():
        layer, name = table.split(".")
        assert layer in LAYERS, table
        assert name not in PRIVATE, table


def test_a_published_file_of_an_earlier_version_is_told_to_be_made_again(made):
    until = made.sql("select until_on from chosen__span").fetchall()[0][0]
    chosen = agreeing.chosen(made, until - timedelta(days=90), until)
    with duckdb.connect() as con, pytest.raises(DrumbeatError, match="run `drumbeat rebuild`"):
        comparing.counted(con, chosen, list(TOOLS.values()))
