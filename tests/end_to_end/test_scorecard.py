"""The scorecard: seven answers for each service, and nothing that adds them up."""

import json
import re

import pytest

from pipelines import scorecard
from pipelines.errors import DrumbeatError
from pipelines.warehouse import opened

STATES = {"yes", "no", "claimed", "unknown", "stale"}
# What would make a grade of the answers.
GRADES = re.compile(
    r"(^|_)(score|scored|grade|total|rank|ranking|level_sum|percentile|points)($|_)"
)


@pytest.fixture(scope="module")
def con(demo_file):
    with opened(demo_file, read_only=True) as found:
        yield found


def test_every_service_that_deployed_has_seven_answers_each_with_how_it_is_known(con):
    told = scorecard.as_json(con, None)

    assert told["as_of"]
    by_service = {}
    for row in told["rows"]:
        by_service.setdefault(row["service"], []).append(row)
        assert row["state"] in STATES
        assert row["known_by"] in ("measured", "claimed", "unknown")
        assert (row["state"] == "unknown") <= (row["known_by"] in ("unknown", "measured"))
        assert row["answer"].endswith((".", "?"))
    assert all([row["number"] for row in rows] == list(range(1, 8)) for rows in by_service.values())
    assert list(by_service) == sorted(by_service)
    assert json.loads(json.dumps(told)) == told


def test_there_is_no_total_grade_or_rank_anywhere(con):
    columns = con.sql(
        "select table_name, column_name from duckdb_columns() "
        "where table_name like 'architecture%' or table_name like '%trait%'"
    ).fetchall()

    assert len(columns) > 100
    assert [found for found in columns if GRADES.search(found[1])] == []
    told = scorecard.as_json(con, None)
    assert told.keys() == {"as_of", "rows", "traits", "associations"}
    assert all(row["service"] for rows in list(told.values())[1:] for row in rows)


def test_one_service_is_told_in_words_and_all_of_them_in_a_line_each(con):
    one = scorecard.as_text(con, "checkout")
    every = scorecard.as_text(con, None)

    assert one.count("?") >= 7
    assert "never proof" in one
    assert [line.split()[0] for line in every.splitlines()[1:13]] == sorted(
        name for (name,) in con.sql("select service from facts.live_deployments").fetchall()
    )


def test_an_unknown_service_is_told_with_those_that_there_are(con):
    with pytest.raises(DrumbeatError, match=r"'nowhere' has not deployed .* there are: catalogue"):
        scorecard.scorecard(con, "nowhere")
