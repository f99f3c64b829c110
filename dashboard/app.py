"""The dashboard's main script: finds the data, frames the page and hands over to it."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import access, data, filters, frame, links, marks, outdated, picture, theme
from dashboard.questions import freshness, runs
from sql import words
from sql.runs import Run
from sql.words import Part, escape_html

HERE = Path(__file__).parent
LATE = timedelta(hours=26)


class Page(NamedTuple):
    """A page: where it stands, what it is called, and the filters that it has.

    Its name is that of its script in views, and its address.
    """

    section: str
    title: str
    name: str
    filters: Sequence[str] = ()


# In the order of the navigation; the first one is the start. Environment and bots are offered where
# single deployments are listed; elsewhere numbers, states and rhythms are of production.
PAGES = (
    Page("Pulse", "Overview", "overview", ("team", "mine", "period", "by", "clock")),
    Page("Pulse", "Cadence", "cadence", ("team",)),
    Page(
        "Pulse",
        "Flow and stability",
        "flow",
        ("team", "service", "week", "period", "by", "clock", *filters.LISTS),
    ),
    Page("Closer", "Service", "service", ("service", "period", "by", "clock", *filters.LISTS)),
    Page("Closer", "Architecture", "architecture", ("team", "service")),
    Page("Pulse", "Reports", "reports", ("report",)),
    Page("Trust", "Data", "data"),
)


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(
        page_title="Drumbeat",
        page_icon=str(HERE / "mark.svg"),
        layout="wide",
        initial_sidebar_state=232,
    )
    # As text is, so that no text is drawn before it: st.html is loaded later.
    with st.container(key="style"):
        st.markdown(theme.stylesheet(), unsafe_allow_html=True)
    if not access.admitted():
        return
    found = {page.name: _page(page) for page in PAGES}
    sections = {
        page.section: [found[p.name] for p in PAGES if p.section == page.section] for page in PAGES
    }
    page = st.navigation(sections)
    if links.listen(page.url_path):
        st.stop()
    try:
        data.pin()
        run = runs.run()
        with st.sidebar:
            _freshness(run)
        keys = next(known.filters for known in PAGES if found[known.name] is page)
        frame.begin(run, keys)
        with picture.last():
            page.run()
    except data.NotPublishedError:
        _nothing_yet()
    except Exception as error:
        # Whatever it is: people get a sentence, the log gets the trace.
        logging.getLogger("drumbeat.dashboard").exception("The page could not be drawn")
        _earlier() if outdated.lacks(error) else _broken()


def _page(page: Page) -> StreamlitPage:
    is_first = page is PAGES[0]
    # The first page lives at the root; its own address would not be found.
    address = None if is_first else page.name
    script = f"views/{page.name}.py"
    return st.Page(script, title=page.title, url_path=address, default=is_first)


def _freshness(run: Run) -> None:
    """Say in the sidebar what the numbers stand on and how old it is."""
    age = datetime.now(UTC) - run.as_of
    lines = [f"<p>As of {words.moment(run.as_of, run.zone)}, {escape_html(run.zone)}</p>"]
    if run.is_demo:
        marks.write(f"{lines[0]}<p>Made-up data for trying Drumbeat.</p>")
        return
    if age > LATE:
        old = words.duration(age / timedelta(hours=1))
        lines.append(f'<p class="late">{old} old. Run drumbeat refresh.</p>')
    for source in freshness.sources().to_dicts():
        fetched = words.moment(source["fetched_at"], run.zone)
        lines.append(f"<p>{escape_html(source['source'])}: read {fetched}</p>")
    marks.write("".join(lines))


def _nothing_yet() -> None:
    marks.sentence(
        (Part("Nothing has been "), Part("published", "strong"), Part(" yet.")), st.container()
    )
    st.markdown(
        f"There is no data in `{escape_html(data.folder())}`."
        " With a configuration, build it with\n\n```\ndrumbeat refresh\n```\n\n"
        "To look around first, with made-up data:\n\n```\ndrumbeat demo\n```\n\n"
        "This page shows it as soon as you reload."
    )


def _earlier() -> None:
    marks.sentence(
        (
            Part("This file was "), Part("published by an earlier version", "strong"),
            Part(" of Drumbeat and lacks what this page shows."),
        ),
        st.container(),
    )  # fmt: skip
    st.markdown(
        "Publish it again; what was collected is kept, and the other pages still hold:"
        "\n\n```\ndrumbeat refresh\n```\n\nor, without asking any source,"
        "\n\n```\ndrumbeat rebuild\n```\n\nIf this stays, the log of the dashboard says why."
    )


def _broken() -> None:
    marks.sentence((Part("This page could not be drawn."),), st.container())
    st.markdown(
        "The published file was not changed, and the other pages still hold. The details are in the"
        " log of the dashboard. If the file is damaged, build it again with"
        "\n\n```\ndrumbeat rebuild\n```"
    )


if __name__ == "__main__":
    main()
