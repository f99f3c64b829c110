"""One row per title or subject that names a person, and what is told in its place.

A known author's name is masked where it can be nothing else: of two words or more, or a login
with a digit or a sign in it. A single plain word, such as Will or Mark, may be one of the
language and stays. Mentions and addresses are masked where a record lands; here it is done for
what landed before that, too.
"""

import re
from collections.abc import Sequence

import duckdb
import polars as pl

from connectors.mentions import MASK, unmentioned
from connectors.neutral import ADDRESS

TABLE = "staging.masked_titles"
INPUTS = (
    "raw.git__commits", "raw.files__commits", "raw.files__changes", "raw.files__incidents",
    "raw.hosts__changes", "raw.hosts__issues", "raw.pagers__incidents", "raw.events__events",
    "staging.authors",
)  # fmt: skip
GRAIN = ("title",)
COLUMNS = {"title": "As it was landed.", "masked_title": "Without the person."}
NAMES = "select distinct author from staging.authors where not is_bot"
TITLES = " union ".join(
    ["select subject as title from raw.git__commits"]
    + [
        f"select json_extract_string(payload, '$.{field}') from {table}"
        for table, field in zip(
            INPUTS[1:-1],
            ("subject", "title", "title", "title", "title", "title", "title"),
            strict=True,
        )
    ]
)
SHORTEST = 5
"""Letters and signs that a name must have to be looked for inside a text."""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the titles that name somebody, each with its mask."""
    names = [name for (name,) in con.execute(NAMES).fetchall() if is_telling(name)]
    titles: pl.Series = con.sql(f"select title from ({TITLES}) where title <> ''").pl()["title"]
    has_name = titles.str.contains_any(names, ascii_case_insensitive=True) if names else False
    suspect = titles.filter(titles.str.contains("@", literal=True) | has_name)
    found = suspect.to_frame("title").with_columns(
        masked_title=pl.Series([masked(title, names) for title in suspect], dtype=pl.String)
    )
    return found.filter(pl.col("title") != pl.col("masked_title"))


def is_telling(name: str) -> bool:
    """Tell whether a name can be nothing but somebody's."""
    return len(name) >= SHORTEST and bool(re.search(r"\S[\s\d._-]\S", name))


def masked(title: str, names: Sequence[str]) -> str:
    """Return a title without the people that it mentions, addresses or names."""
    said = unmentioned(re.sub(ADDRESS, MASK, title)) or ""
    low = said.lower()
    # The longest first, or what is left of it would stay.
    for name in sorted((one for one in names if one.lower() in low), key=len, reverse=True):
        said = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", MASK, said, flags=re.IGNORECASE)
    return said
