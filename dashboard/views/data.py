"""Data: which sources are fresh, what is missing or contradictory, and how to mend it."""

from dashboard import frame, marks, quality
from dashboard.rows import source_notes

page = frame.current()
findings, sources = quality.findings(), quality.rhythms()
explained = quality.explained(page)

page.head([], quality.sentence(findings, sources.filter("is_silent")))

marks.section(
    "Sources",
    "Silent: nothing for longer than ever in the year before, and for more than a week; incidents"
    " after twice that. Their newest weeks may be too small.",
)
if sources.is_empty():
    marks.note(["No source has told anything yet. Run drumbeat refresh."])
else:
    marks.write(quality.source_table(sources))

marks.section("What to mend", "Each is a row of marts.data_quality.")
if findings.is_empty():
    marks.note(["Nothing is known to be missing or contradictory."])
else:
    marks.write(quality.finding_table(findings, page))

marks.section(
    f"{page.run.noun.capitalize()}s that explain themselves",
    f"Sha or version known and in the clone, and a change or a reason; {page.months} months.",
)
if not explained.is_empty():
    marks.write(quality.explained_table(explained))

marks.note(source_notes(page))
