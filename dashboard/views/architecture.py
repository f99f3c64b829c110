"""Could we ship any day, and take it back? Seven questions, their evidence, and the flag queue."""

import streamlit as st

from dashboard import architecture, download, frame, habits, marks
from dashboard.rows import source_notes
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
    marks.section("Seven questions, every service", "by name; a service's own page says why")
    marks.write(architecture.every(found, page))
    download.link("As CSV", found, "architecture.csv")

apart = habits.seen(page.service, page.team)
marks.section(
    "What the evidence shows",
    "how often, of what is known" if page.service else "and at which services, by name",
)
if apart.is_empty():
    marks.empty("Nothing is known yet.", "docs/deployment-architecture.md says what is read.")
else:
    marks.write(habits.apart(apart, page))
    download.link("As CSV", apart, "habits.csv")

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

marks.note(
    [
        "<b>How we know.</b> Measured is read from commits, rollouts, flags and incidents; claimed"
        " is what people say in the configuration, with an end; unknown is never counted as bad."
        " There is no total. docs/deployment-architecture.md has every rule.",
        *source_notes(page),
    ]
)
