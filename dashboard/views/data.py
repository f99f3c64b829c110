"""Data: is it fresh and whole, by which rules was it counted, and what can one ask of it."""

from dashboard import compared, defined, editor, frame, marks, quality, trusted
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

marks.section("Definitions", "Every number names the rules that it was counted by.")
defined.show(page)

marks.section(
    "What people decided against the rules",
    "Entries of overrides.yaml, applied last, by the month of their decision.",
)
trusted.overruled(page)

marks.section(
    "From which age on weeks hold",
    "From then on 95 % of past weeks moved by less than a point after a report had told them.",
)
trusted.settled(page)

marks.section(
    "As other tools count it",
    "The same data of the last 12 whole weeks under the definitions of other tools."
    " drumbeat compare --explain TOOL lists the rows that make the difference.",
)
compared.show(page)

marks.section("Ask the published file", "Worked questions to begin with; change them as you like.")
editor.show()

marks.note([*source_notes(page), editor.note()])
