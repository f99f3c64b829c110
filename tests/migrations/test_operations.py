"""Every operation that a reader tells of is known to the seed that says its kind."""

import duckdb

import sql
from pipelines.migrations import alembic, django, efcore, liquibase, rails
from sql import statements

SAID = {
    name
    for table in (
        alembic.NAMED, django.NAMED, efcore.NAMED, liquibase.NAMED, rails.NAMED, rails.OF_TABLE,
        statements.DATA, statements.DROPPED, statements.CREATED, dict(statements.KNOWN),
    )
    for name in table.values()
}  # fmt: skip
OTHERS = {"allow_null", "set_default", "add_column", "unread", "add_not_null_column"}


def test_no_operation_is_unknown_and_none_is_idle():
    known = {row[0] for row in duckdb.sql(sql.model("operations").text).fetchall()}

    assert known | {""} == SAID | OTHERS
