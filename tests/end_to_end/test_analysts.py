"""What analysts are given: described tables, macros that agree with commands, worked questions."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines import describing, exporting, windows
from pipelines.errors import DrumbeatError
from sql import asking
from tests.end_to_end.conftest import ROOT, run_here

YEAR = ("2026-01-01", "2026-04-01")


@pytest.fixture
def con(demo_file):
    with duckdb.connect(str(demo_file), read_only=True) as con:
        # An analyst's own zone, which must not move any number.
        con.execute("set TimeZone = 'Asia/Tokyo'")
        yield con


def test_the_document_of_the_schema_is_what_the_file_says(demo_file):
    written = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")

    assert written == describing.document(demo_file) + "\n", "run `make schema`"


def test_every_table_column_and_macro_is_described(con):
    said = con.sql(
        "select table_name, comment from duckdb_tables() where not internal union all "
        "select concat(table_name, '.', column_name), comment from duckdb_columns() "
        "where not internal union all select function_name, comment from duckdb_functions() "
        "where not internal"
    ).fetchall()

    assert [name for name, comment in said if not comment] == []
    assert len(said) > 900


def test_medians_say_that_they_can_not_be_put_together(con):
    said = dict(
        con.sql(
            "select concat(table_name, '.', column_name), comment from duckdb_columns() "
            "where schema_name in ('marts', 'facts')"
        ).fetchall()
    )

    warned = {name for name, comment in said.items() if "Can't be added up" in comment}
    assert {
        "metrics.value", "metrics.p90", "change_lead_time.median_hours", "change_wait.median_hours",
        "recovery_time.median_hours", "service_overview.lead_time_hours",
    } <= warned  # fmt: skip
    assert (
        not {"metrics.n", "change_fail_rate.failed_count", "lead_time_stages.wait_hours"} & warned
    )


@pytest.mark.parametrize("question", asking.questions(), ids=lambda question: question.name)
def test_a_worked_question_is_answered(con, question):
    answer = con.sql(question.text).pl()

    assert question.title.endswith("?")
    assert answer.height > 0
    assert len(set(answer.columns)) == answer.width
    # The same question twice is the same answer, down to the order.
    assert_frame_equal(answer, con.sql(question.text).pl())


def test_there_are_twenty_worked_questions():
    assert len(asking.questions()) >= 20


@pytest.mark.parametrize(
    "days",
    [
        YEAR,
        ("2026-03-29", "2026-03-30"),
        ("2025-12-31", "2026-11-24"),
        ("2027-02-01", "2027-03-01"),
    ],
)
def test_the_macro_tells_any_days_as_the_command_does(con, demo_file, days):
    since, until = map(date.fromisoformat, days)
    found = con.sql("from metrics_between(?, ?) order by all", params=list(days)).pl()

    with windows.published(demo_file) as own:
        if since.year > 2026:
            with pytest.raises(DrumbeatError, match="after the data's own day"):
                windows.window(own, since, until)
            assert found.is_empty()
            return
        told = windows.metrics(own, windows.window(own, since, until))
    keys = ["metric", "scope", "name"]
    assert found.height > 50
    assert_frame_equal(found.sort(keys), told.drop("warnings").sort(keys))


def test_the_macro_of_one_number_is_the_command_of_one_number(con, demo):
    asked = ["--service", "checkout", "--since", YEAR[0], "--until", YEAR[1]]
    told = json.loads(run_here("metrics", *asked, "--json", "--data-dir", str(demo)).stdout)

    for row in told["rows"]:
        asked = [row["metric"], *YEAR]
        found = con.sql("from metric(?, 'checkout', ?, ?)", params=asked).pl()
        (mine,) = found.to_dicts()
        assert {key: mine[key] for key in row.keys() & mine.keys()} == {
            key: row[key] for key in row.keys() & mine.keys()
        }
    assert len(told["rows"]) == 5


def test_the_rows_of_the_macros_make_the_numbers_of_the_macro(con):
    number = "select value, n from metric(?, ?, ?, ?)"
    for who in ("checkout", "Payments", "organisation"):
        ((lead, changes),) = con.execute(number, ["change_lead_time", who, *YEAR]).fetchall()
        ((_, deployments),) = con.execute(number, ["deployment_frequency", who, *YEAR]).fetchall()
        ((rate, _),) = con.execute(number, ["change_fail_rate", who, *YEAR]).fetchall()
        ((_, failures),) = con.execute(number, ["recovery_time", who, *YEAR]).fetchall()
        behind = [who, *YEAR]
        assert con.execute(
            "select median(lead_hours), count(*) from changes_of(?, ?, ?)", behind
        ).fetchall() == [(lead, changes)]
        assert con.execute(
            "select count(*), round(avg(is_failed::int), 9) from deployments_of(?, ?, ?)", behind
        ).fetchall() == [(deployments, round(rate, 9))]
        assert con.execute("select count(*) from failures_of(?, ?, ?)", behind).fetchall() == [
            (failures,)
        ]


def test_a_trend_is_the_finished_weeks_in_their_order(con):
    weeks = con.sql("from trend('deployment_frequency', 'checkout', 'week')").pl()

    assert weeks["starts_on"].is_sorted()
    assert weeks["is_finished"].all()
    assert weeks.height > 50


@pytest.mark.parametrize("by", ["week", "month"])
def test_the_long_mart_is_the_json_of_the_command(con, demo_file, by):
    with windows.published(demo_file) as own:
        chosen = windows.window(own, date(2026, 6, 1), date(2026, 10, 1))
        told = windows.metrics(own, chosen, by=by)
        rows = windows.as_json(chosen, told, by=by)["rows"]
    beside = con.sql(
        "select metric, scope, name, period, starts_on, list(words order by kind) as warnings "
        "from marts.warnings group by all"
    ).pl()
    mart = con.sql(f"from marts.metrics where period = '{by}'").pl().join(
        beside, on=["metric", "scope", "name", "period", "starts_on"], how="left"
    )  # fmt: skip
    mart = mart.with_columns(warnings=pl.col("warnings").fill_null([]))
    found = {
        (row["scope"], row["name"], row["metric"], row["starts_on"].isoformat()): row
        for row in mart.to_dicts()
    }
    # A first or last week that the window cuts is another one than the mart's.
    whole = [row for row in rows if by == "month" or row["period"] < "2026-09-28"]
    assert len(whole) > 200
    for row in whole:
        mine = found.get((row["scope"], row["name"], row["metric"], row.pop("period")))
        if mine is None:
            # The mart begins with a service's first deployment; before it there is nothing.
            assert row["n"] == 0
            continue
        row["open_count"] = row.pop("open", None)
        assert {key: mine[key] for key in row} == row


def test_every_definition_beside_a_number_leads_to_its_rules(con):
    assert con.sql(
        "select count(*) from marts.metrics as metrics left join marts.definitions as definitions "
        "using (definition) where definitions.rules is null"
    ).fetchall() == [(0,)]


def test_an_attached_file_answers_once_it_is_used(demo_file):
    with duckdb.connect() as con:
        con.execute(f"attach '{demo_file}' as drumbeat (read_only)")
        con.execute("use drumbeat")
        answer = con.execute("select n from metric('rework_rate', 'checkout', ?, ?)", YEAR)
        assert answer.fetchall() == [(183,)]


def test_marts_are_exported_as_parquet_and_replaced(con, demo_file, tmp_path):
    exporting.export(demo_file, tmp_path, ["marts", "facts.services"])
    written = exporting.export(demo_file, tmp_path, ["marts.metrics"])

    assert written == [(tmp_path / "marts.metrics.parquet", 39_304)]
    names = {path.name for path in tmp_path.iterdir()}
    assert {"facts.services.parquet", "marts.cadence.parquet"} < names
    assert not [name for name in names if name.startswith(".")]
    path = tmp_path / "marts.metrics.parquet"
    both = con.sql(f"from marts.metrics except all from '{path}'").fetchall()
    assert both == []
    with pytest.raises(DrumbeatError, match=r"no table is called 'marts.nothing'"):
        exporting.export(demo_file, tmp_path, ["marts.nothing"])


def test_the_commands_print_the_document_and_say_what_was_written(demo, tmp_path):
    shown = run_here("schema", "--data-dir", str(demo))
    words = ("--data-dir", str(demo), "--out", str(tmp_path), "--tables", "config.run")
    made = run_here("export", *words)

    assert shown.stdout.startswith("# What the published file holds")
    assert made.stdout == ""
    assert made.stderr.endswith("1 tables, 1 rows\n")
    assert Path(tmp_path, "config.run.parquet").is_file()


def test_the_page_for_analysts_lists_every_question_and_its_examples_run(con, demo_file):
    page = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")

    for question in asking.questions():
        assert f"| {question.title} | [{question.name}](../sql/adhoc/{question.name}.sql) |" in page
    queries = [part.split("```")[0] for part in page.split("```sql\n")[1:]]
    assert len(queries) == 4
    for query in queries:
        assert con.sql(query).pl().height > 0, query
    (notebook,) = [part.split("```")[0] for part in page.split("```python\n")[1:]]
    found: dict[str, Any] = {}
    exec(notebook.replace("data/serving/current.duckdb", str(demo_file)), found)
    assert found["weeks"].height > 50
    found["drumbeat"].close()
