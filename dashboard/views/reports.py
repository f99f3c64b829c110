"""The weekly reports as they were written, to be read, downloaded and linked to."""

import streamlit as st

from dashboard import archive, frame, marks
from sql import words
from sql.words import Part

HEIGHT = 1500

page = frame.current()
found = archive.names()
if not found:
    page.head([], (Part("No report has been "), Part("written", "strong"), Part(" yet.")))
    st.markdown(
        "Write that of the last whole week with\n\n```\ndrumbeat report\n```\n\n"
        "or let the schedule of `drumbeat dagster` write one every Monday."
    )
    st.stop()

name = page.choices.report or found[0]
weeks = {archive.week(one) for one in found}
page.head(
    [],
    (
        Part("Reports of "),
        Part(words.counted(len(weeks), "week"), "strong"),
        Part(f", as they were written; this is that of {archive.week(name)}."),
    ),
)
text = archive.file(name).read_text(encoding="utf-8")
st.markdown(archive.frame(text, name, HEIGHT), unsafe_allow_html=True)
st.download_button(
    "As HTML",
    text,
    f"{name}.html",
    "text/html",
    key="download-report",
    type="tertiary",
    on_click="ignore",
)
marks.note(
    [
        "A report stays as it was last written; what its numbers became since stands in the next"
        " one, under Restated. As PDF, Markdown or JSON: drumbeat report --week"
        f" {archive.week(name)} --format pdf,md,json."
    ]
)
