"""Could we ship any day, and take it back? Seven questions, their evidence, and the flag queue."""

import streamlit as st

from dashboard import architecture, download, frame, habits, marks
from dashboard.rows import source_notes
from sql import words
from sql.words import Part, escape_html

page = frame.current()
found = architecture.questions(page.service, page.team)
ends = architecture.flags(page.service, page.team)
scope = [escape_html(page.service or page.team)] if page.service or page.team else []
if found.is_empty():
    page.head(scope, (Part("Nothing has been deployed to production yet."),))
    marks.empty("There is no deployment to ask about.", "Tell of one, then run", "drumbeat refresh")
    st.stop()

page.head(scope, architecture.sentence(found, ends.height, page))

seen = habits.seen(page.service, page.team)
first = habits.worth_a_look(seen)
if not first.is_empty():
    marks.section("Worth a look first", habits.CAPTION)
    marks.write(habits.first(first, page))

if page.service:
    marks.section("Seven questions about the latest deployment")
    marks.write(architecture.answered(found, page))
    with st.container(key="pair-tables"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        marks.chart_title(
            "Latest deployments, four words each",
            "yes, no or unknown; what is unknown is no worse than yes",
        )
        marks.write(architecture.latest(architecture.deployments(page.service), page))
    with right:
        marks.chart_title("What makes a Friday like another day", "each with its own evidence")
        marks.write(architecture.five(architecture.traits(page.service), page))
    together = architecture.associations(page.service)
    marks.chart_title("Do traits go with failures?", architecture.ASSOCIATION)
    if together.is_empty():
        marks.empty(
            "Too few to tell.", "A quarter needs deployments on both sides, some of them failed."
        )
    else:
        marks.write(architecture.together(together))
        download.link("As CSV", together, "associations.csv")
else:
    count = found["service"].n_unique()
    shown = min(count, architecture.MOST_SERVICES)
    who = "every service" if shown == count else f"{shown} of {count} services, a team has all"
    marks.section(f"Seven questions, {who}", "by name; a service's own page says why")
    marks.write(architecture.every(found, page))
    download.link("As CSV", found, "architecture.csv")

marks.section("Flags to end", "by team, the oldest first")
if ends.is_empty():
    marks.empty(
        "No flag waits for an end, as far as is known.",
        "Flags come from Unleash, LaunchDarkly, Flagsmith, flagd files and the table flags.",
    )
else:
    marks.write(architecture.queue(ends))
    if ends.height > architecture.MOST_FLAGS:
        marks.note(
            [f"{ends.height - architecture.MOST_FLAGS} more are in marts.architecture_flags."]
        )
    download.link("As CSV", ends, "flags.csv")

marks.section("What the evidence shows")
if seen.is_empty():
    marks.empty("Nothing is known yet.", "docs/deployment-architecture.md says what is read.")
else:
    with st.expander(
        f"All of it, each told apart: {words.counted(seen['place'].n_unique(), 'trait')}"
    ):
        marks.write(habits.apart(seen, page))
    download.link("As CSV", seen, "habits.csv")

marks.note(
    [
        "<b>How we know.</b> Measured is read from commits, rollouts, flags and incidents; claimed"
        " is what people say in the configuration, with an end; unknown is never counted as bad."
        " There is no total. docs/deployment-architecture.md has every rule.",
        *source_notes(page),
    ]
)
