"""Pieces of page as HTML: sentence, chips, heads, tables; text from outside is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sql import words
from sql.words import escape_html


def write(html: str, into: DeltaGenerator | None = None) -> None:
    """Put HTML on the page; ``st.html`` would drop inline SVG."""
    (into or st).markdown(f"<div>{html}</div>", unsafe_allow_html=True)


def overline(parts: Iterable[str], into: DeltaGenerator) -> None:
    """Write the small line above the sentence; its parts are HTML."""
    write(f'<p class="overline">{" &nbsp;·&nbsp; ".join(parts)}</p>', into)


def sentence(said: words.Sentence, into: DeltaGenerator) -> None:
    """Write the sentence of the page as its heading."""
    write(f'<h1 class="sentence">{words.html(said)}</h1>', into)


def lateness(lines: Iterable[str], into: DeltaGenerator) -> None:
    """Write which sources are late and what that may hide."""
    if said := "".join(f'<p class="lateness">{escape_html(line)}</p>' for line in lines):
        write(said, into)


def empty(missing: str, step: str, command: str = "") -> None:
    """Write in place of a picture what is missing, and the next step."""
    code = f"<pre><code>{escape_html(command)}</code></pre>" if command else ""
    write(f'<p class="empty"><b>{escape_html(missing)}</b> {escape_html(step)}</p>{code}')


def section(title: str, caption: str = "") -> None:
    """Write a section's title and how to read what follows."""
    small = f'<p class="caption">{escape_html(caption)}</p>' if caption else ""
    write(f'<h2 class="section">{escape_html(title)}</h2>{small}')


def chart_title(title: str, caption: str) -> None:
    """Write what a chart finds, and how it is drawn."""
    write(
        f'<h3 class="chart">{escape_html(title)}</h3><p class="caption">{escape_html(caption)}</p>'
    )


def caption(said: str) -> str:
    """Return a line that stands below or in place of something larger."""
    return f'<p class="caption">{escape_html(said)}</p>'


def note(paragraphs: Iterable[str]) -> None:
    """Write the small print under a page; paragraphs are HTML."""
    write(f'<div class="note">{"".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)}</div>')


def link(url: str | None, label: str) -> str:
    """Return a link to a source if it has a web address without a login, else the bare label."""
    said, href = escape_html(label), escape_html(words.address(url))
    if not href:
        return said
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer">{said}</a>'


def service_link(name: str, carried: str = "") -> str:
    """Return a link to a service's page that keeps the reader's other choices."""
    address = f"service?service={quote(name, safe='')}{carried}"
    return f'<a href="{escape_html(address)}" target="_self">{escape_html(name)}</a>'


@dataclass(frozen=True)
class Head:
    """The head of one metric: its name, its value and what qualifies it."""

    name: str
    value: str
    unit: str
    facts: Sequence[str]

    def html(self) -> str:
        """Return the head as HTML."""
        lines = "".join(f"<li>{escape_html(fact)}</li>" for fact in self.facts)
        return (
            f'<div class="metric"><h3>{escape_html(self.name)}</h3>'
            f'<p class="value">{escape_html(self.value)} <span>{escape_html(self.unit)}</span></p>'
            f"<ul>{lines}</ul></div>"
        )


@dataclass(frozen=True)
class Column:
    """A table's column: its header, and the class that aligns and places its cells."""

    title: str
    kind: str = ""


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return a table whose cells are HTML already; the first cell of a row heads it."""
    heads = "".join(
        f'<th scope="col" class="{column.kind}">{_lines(column.title)}</th>' for column in columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{column.kind}">{cell}</td>'
            for column, cell in zip(columns, cells, strict=True)
        )
        + "</tr>"
        for cells in rows
    )
    return f'<table class="t {kind}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _lines(title: str) -> str:
    return "<br>".join(escape_html(line) for line in title.split("\n"))
