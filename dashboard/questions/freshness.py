"""How fresh and whole the data is: sources, silence, history and findings."""

import polars as pl

from dashboard import data


def sources() -> pl.DataFrame:
    """Return the sources, each with its latest fetch."""
    return data.ask(
        "select source, kind, max(latest_fetched_at) as fetched_at,"
        " sum(coalesce(rejected_count, 0)) as rejected_count from marts.sources"
        " group by source, kind order by source"
    )


def silent() -> pl.DataFrame:
    """Return the sources that have fallen silent, by what they told of."""
    query = "select source, thing, last_on from marts.source_rhythms where is_silent"
    return data.ask(f"{query} order by source, thing")


def unread() -> pl.DataFrame:
    """Return the sources of which older history is still being read, and from when on all is."""
    return data.ask(
        "select source, kind, max(history_since) as history_since from marts.sources"
        " where history_since is not null group by source, kind order by source"
    )


def quality(name: str = "") -> int:
    """Return how many findings on data quality there are, of one service or of all."""
    query = "select count(*) as finding_count from marts.data_quality where ? in ('', service)"
    count: int = data.row(query, [name])["finding_count"]
    return count
