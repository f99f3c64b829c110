"""One row per production deployment and commit that it brought since the one before it.

Other tools tell the changes of a deployment by ``git log previous..current``, where the previous
one is the successful deployment before it of the same service, environment and repository: by
their ends or by their starts. Nothing is listed for the first of them, nor where either commit is
not in the clone.
"""

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.analysis.differences import Differences, Pairs
from pipelines.analysis.graphs import Repository, repositories

TABLE = "facts.commits_since_previous"
INPUTS = ("facts.commits", "facts.deployment_records", "facts.requests")
GRAIN = ("deployment_id", "place")
COLUMNS = {
    "deployment_id": "Deployment.",
    "place": "Number of the commit in the deployment; the order means nothing.",
    "authored_at": "Author time of the commit, UTC.",
    "merge_sha": "The commit, where a pull request was merged by it; else null.",
    "is_deployed": "True for the deployed commit itself.",
    "is_new": "True where no earlier deployment carried it; before the second one requests alone.",
    "is_since_end": "True where the one that ended before did not carry it.",
    "is_since_start": "True where the one that began before did not carry it.",
}
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "deployment_id": pl.String, "place": pl.Int64, "authored_at": pl.Datetime("us", "UTC"),
    "merge_sha": pl.String, "is_deployed": pl.Boolean, "is_new": pl.Boolean,
    "is_since_end": pl.Boolean, "is_since_start": pl.Boolean,
}  # fmt: skip
DEPLOYMENTS = """
select repository, service, environment, deployment_id, commit_sha
from facts.deployment_records
where repository is not null and status = 'success' and is_production
order by service, environment, {moment}, deployment_id
"""
MOMENTS = ("finished_at", "coalesce(started_at, finished_at)")
MERGES = "select distinct repository, merge_sha from facts.requests where merged_at is not null"


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return what every repository's deployments brought."""
    merges: pl.DataFrame = con.sql(MERGES).pl()
    orders = [con.sql(DEPLOYMENTS.format(moment=moment)).pl() for moment in MOMENTS]
    found = [pl.DataFrame(schema=SCHEMA)]
    for one in repositories(con, "authored_at"):
        wanted = merges.filter(pl.col("repository") == one.name)
        is_merge = one.shas.is_in(wanted["merge_sha"].implode()).to_numpy()
        differences = Differences(one.graph)
        for by_end, by_start in zip(*(streams(rows, one.name) for rows in orders), strict=True):
            found.append(brought(one, differences, is_merge, by_end, by_start))
    return pl.concat(found)


def brought(
    one: Repository,
    differences: Differences,
    is_merge: NDArray[np.bool_],
    by_end: pl.DataFrame,
    by_start: pl.DataFrame,
) -> pl.DataFrame:
    """Return what the deployments of one stream brought, told by their ends and their starts."""
    count = len(one.shas)
    tips = one.numbers(by_end["commit_sha"])
    places = dict(zip(by_end["deployment_id"], range(len(tips)), strict=True))
    new, since_end = (keys(pairs, count) for pairs in differences.listed(tips)[:2])
    began = [places[name] for name in by_start["deployment_id"]]
    since_start = since_end
    if began != sorted(began):
        _, (at, commits), _ = differences.listed([tips[place] for place in began])
        since_start = keys(([began[place] for place in at], commits), count)
    known = [place for place, tip in enumerate(tips) if tip >= 0]
    deployed = keys((known, [tips[place] for place in known]), count)
    # All of history came with the first one; only its requests are of use.
    is_first = new // count == (known[0] if known else 0)
    new = new[~is_first | is_merge[new % count]]
    every = np.unique(np.concatenate((deployed, new, since_end, since_start)))
    place, commit = np.divmod(every, count)
    # Numbered by sha: commits arrive in any order.
    order = np.lexsort((one.shas.rank("ordinal").to_numpy()[commit], place))
    every, place, commit = every[order], place[order], commit[order]
    sha = one.shas.gather(commit)
    starts = np.searchsorted(place, place)
    return pl.DataFrame(
        {
            "deployment_id": by_end["deployment_id"].gather(place),
            "place": np.arange(len(every)) - starts,
            "authored_at": one.commits["authored_at"].gather(commit),
            "merge_sha": pl.select(pl.when(pl.Series(is_merge[commit])).then(sha)).to_series(),
            "is_deployed": np.isin(every, deployed),
            "is_new": np.isin(every, new),
            "is_since_end": np.isin(every, since_end),
            "is_since_start": np.isin(every, since_start),
        },
        schema_overrides=SCHEMA,
    )


def streams(deployments: pl.DataFrame, name: str) -> list[pl.DataFrame]:
    """Split a repository's deployments by service and environment, each in its order."""
    own = deployments.filter(pl.col("repository") == name)
    return own.partition_by("service", "environment", maintain_order=True)


def keys(pairs: Pairs, count: int) -> NDArray[np.int64]:
    """Return one number for each pair of place and commit."""
    place, commit = (np.array(part, dtype=np.int64) for part in pairs)
    return place * count + commit
