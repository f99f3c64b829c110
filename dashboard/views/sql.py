"""SQL over the published file, for analysts: read only, in bounds, with a list of its tables."""

import streamlit as st

from dashboard import catalogue, data, download, frame, marks, query
from sql import words
from sql.words import escape_html

EXAMPLE = """select service, state, last_week_count, fail_rate, fail_count
from marts.service_overview
order by last_week_count desc"""

page = frame.current()
page.head(
    [escape_html(data.published().name)],
    (words.Part("Ask the published file yourself."),),
)

with st.container(key="pair-sql"):
    left, right = st.columns([5, 3], gap="large")
with right:
    marks.chart_title("Tables", "facts are rows as they happened, marts are what pages show")
    with st.container(key="tables"):
        catalogue.show()

with left:
    with st.form("query", border=False):
        text = st.text_area("Query", EXAMPLE, height=210, label_visibility="collapsed")
        st.form_submit_button("Run")
    try:
        answer = query.answer(text)
    except query.QueryRefusedError as refused:
        marks.chart_title("Not run", "nothing was changed; mend the query and run it again")
        st.code(str(refused), language=None, wrap_lines=True)
        st.stop()
    count = words.counted(answer.rows.height, "row")
    limit = f"the first {query.ROWS}, there are more: add a limit or an aggregate"
    marks.chart_title(f"{count}", limit if answer.is_cut else "times are UTC")
    st.dataframe(answer.rows, hide_index=True, alt=f"The answer, {count}")
    download.link("As CSV", answer.rows, "answer.csv")

marks.note(
    [
        f"Read only. A query may take {query.SECONDS:.0f} s and {data.MEMORY} of memory, and can"
        " reach nothing outside this file. In a CSV, texts that a spreadsheet would run as a"
        " formula begin with an apostrophe. The same on the command line: drumbeat sql."
    ]
)
