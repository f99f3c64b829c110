"""The Data page: definitions, worked questions, the editor, and what tables hold."""

import re
from io import BytesIO

import polars as pl
import pytest

from dashboard import defined, download
from sql import asking
from tests.dashboard.test_pages import page


@pytest.fixture
def app(opened, published):
    return opened(published, "data")


def write(app, text):
    app.text_area(key="query").input(text)
    return app.button[0].click().run()


def test_the_editor_answers_and_one_table_is_shown_with_its_comments(app):
    assert app.dataframe[0].value.shape == (12, 5)

    app.selectbox(key="table").select("marts.beats").run()

    assert "One row per rollout of the last 84 days." in page(app)
    app.selectbox(key="table").select("facts.deployments").run()
    assert "When it ended, UTC." in page(app)
    assert "config.run" in app.selectbox(key="table").options


def test_a_query_that_writes_is_refused_with_words_and_shows_no_rows(app):
    write(app, "drop table marts.beats")

    assert "Not run" in page(app)
    assert app.code[0].value == "Only queries that read are run here, not drop statements."
    assert not app.dataframe


def test_rows_that_were_left_off_are_said_to_be(app):
    write(app, "from range(6000)")

    assert "5000 rows" in page(app)
    assert "there are more" in page(app)


def test_a_worked_question_fills_the_editor_once_and_may_then_be_changed(app):
    question = next(one for one in asking.questions() if one.name == "rules_in_force")
    app.selectbox(key="ask").select(question.title).run()

    assert app.text_area(key="query").value == question.text
    assert app.dataframe[0].value.shape[0] == 5
    write(app, "select 7 as seven")
    assert app.dataframe[0].value["seven"].to_list() == [7]
    assert app.selectbox(key="ask").value == question.title


def test_every_worked_question_is_offered(app):
    assert {one.title for one in asking.questions()} < set(app.selectbox(key="ask").options)


def test_the_rules_of_every_definition_are_said_in_words(app):
    said = page(app)

    assert "Every number names the rules that it was counted by." in said
    assert "lead time from: first commit" in said
    assert "change_lead_time@" in said
    assert "in place of change_lead_time@0ld" in said


def test_what_people_decided_stands_with_its_counts_in_both_directions(app):
    said = page(app)

    assert "inc-7 is not due to d-101" in said
    assert "The broker, &lt;b&gt;not&lt;/b&gt; us" in said
    assert "does nothing: no deployment is called d-999" in said
    counts = said[said.index("For a failure") :]
    assert re.findall(r'<td class="num">(\d)</td>', counts)[:6] == ["2", "0", "2", "2", "0", "2"]
    assert "Payments" in counts


def test_the_age_from_which_a_services_weeks_hold_is_told(app):
    said = page(app)

    assert "Change fail rate: 3 weeks; Change lead time: at once" in said
    assert "Rework rate: still moves after 11 weeks" in said


def test_rules_are_said_as_people_read_them_and_mixed_ones_name_theirs():
    told = '{"clock": "calendar", "hotfix_labels": [], "hours": 72.0, "from": "first_commit"}'

    assert defined.rules({"is_mixed": False, "rules": told}) == (
        "clock: calendar; hotfix labels: none; hours: 72; from: first commit"
    )
    assert defined.rules({"is_mixed": True, "rules": "a@1, a@2"}) == (
        "Its services are counted by several: a@1, a@2."
    )


def test_a_file_that_can_not_be_compared_says_so_and_the_page_goes_on(app):
    app.selectbox(key="compared").select("checkout").run()

    assert "can&#x27;t be compared" in page(app) or "can't be compared" in page(app)
    assert app.dataframe


def test_a_parquet_file_keeps_types():
    rows = pl.DataFrame({"n": [1], "paths": [["a", "b"]]})

    assert pl.read_parquet(BytesIO(download.written(rows))).equals(rows)
