"""SQL for analysts: worked questions, an editor, the answer and its files, and what tables hold."""

import polars as pl
import streamlit as st

from dashboard import catalogue, data, download, marks, query
from sql import asking, words
from sql.words import escape_html

EXAMPLE = """select service, state, last_week_count, fail_rate, fail_count
from marts.service_overview
order by last_week_count desc"""
OWN = "A question of your own"


@st.fragment
def show() -> None:
    """Draw questions, editor and answer on the left, the tables on the right."""
    with st.container(key="pair-sql"):
        left, right = st.columns([5, 3], gap="large")
    with left:
        _answered(_query())
    with right:
        catalogue.show()


def _query() -> str:
    """Let the reader choose a worked question, or write; return the query."""
    known = {one.title: one for one in asking.questions()}
    title = st.selectbox(
        "Question", [OWN, *known], key="ask", bind="query-params", label_visibility="collapsed"
    )
    question = known.get(title)
    # A question fills the editor once, and may then be changed.
    if st.session_state.get("asked") != title:
        st.session_state["asked"] = title
        st.session_state["query"] = question.text if question else EXAMPLE
    if question and question.note:
        marks.write(f'<p class="caption">{escape_html(question.note)}</p>')
    with st.form("editor", border=False):
        text: str = st.text_area("Query", key="query", height=230, label_visibility="collapsed")
        st.form_submit_button("Run")
    return text


def _answered(text: str) -> None:
    """Run the query and show its rows, or why not."""
    try:
        answer = query.answer(text)
    except query.QueryRefusedError as refused:
        marks.chart_title("Not run", "nothing was changed; mend the query and run it again")
        st.code(str(refused), language=None, wrap_lines=True)
        return
    count = words.counted(answer.rows.height, "row")
    limit = f"the first {query.ROWS}, there are more: add a limit or an aggregate"
    marks.chart_title(count, limit if answer.is_cut else "times are UTC")
    st.dataframe(answer.rows, hide_index=True, alt=f"The answer, {count}")
    _files(answer.rows)


def _files(rows: pl.DataFrame) -> None:
    with st.container(key="under-answer", horizontal=True, gap="small"):
        download.link("CSV", rows, "answer.csv")
        download.parquet("Parquet", rows, "answer.parquet")


def note() -> str:
    """Say in what bounds a query runs, as HTML."""
    return (
        f"Queries are read only, may take {query.SECONDS:.0f} s and {data.MEMORY} of memory, and"
        f" reach nothing outside this file, {escape_html(data.published().name)}. In a CSV, texts"
        " that a spreadsheet would run as a formula begin with an apostrophe. The same on the"
        " command line: drumbeat sql, drumbeat export."
    )
