"""One row per commit and environment: the first deployment of the service that carries it.

Successful deployments of one service and environment in the order of their ends; each carries
what its commit reaches and no earlier one did. What a later one lacks is gone until one after it
brings it again.
"""

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.analysis.differences import Differences, Pairs
from pipelines.analysis.first_deployments import NONE
from pipelines.analysis.graphs import Repository, repositories

TABLE = "facts.deployment_commits"
INPUTS = ("facts.commits", "facts.deployment_records")
GRAIN = ("service", "environment", "repository", "sha")
COLUMNS = {
    "service": "Service.",
    "environment": "Environment as the source names it.",
    "repository": "Repository.",
    "sha": "Commit.",
    "deployment_id": "First successful deployment to the environment that carries it.",
    "is_before_history": "True where that is the first known one: older commits have no lead time.",
    "again_id": "Latest one that brought it again after others lacked it; null where none did.",
    "gone_id": "Since when deployments lack it again; null while it is live.",
}
SCHEMA = {
    "service": pl.String,
    "environment": pl.String,
    "repository": pl.String,
    "sha": pl.String,
    "deployment_id": pl.String,
    "is_before_history": pl.Boolean,
    "again_id": pl.String,
    "gone_id": pl.String,
}
STREAMS = """
select repository, service, environment, deployment_id, commit_sha
from facts.deployment_records
where repository is not null and status = 'success' and commit_sha is not null
order by service, environment, finished_at, deployment_id
"""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the first deployments of every repository's commits."""
    deployments = con.sql(STREAMS).pl()
    frames = [pl.DataFrame(schema=SCHEMA)]
    for found in repositories(con):
        differences = Differences(found.graph)
        for stream in streams(deployments, found.name):
            frames.append(first_deployments(found, differences, stream))
    return pl.concat(frames)


def streams(deployments: pl.DataFrame, name: str) -> list[pl.DataFrame]:
    """Split a repository's deployments by service and environment, each in the order of ends."""
    own = deployments.filter(pl.col("repository") == name)
    return own.partition_by("service", "environment", maintain_order=True)


def first_deployments(
    found: Repository, differences: Differences, stream: pl.DataFrame
) -> pl.DataFrame:
    """Return the first deployment of every commit that the stream carries."""
    tips = pl.Series(found.numbers(stream["commit_sha"]), dtype=pl.Int64)
    # A deployed commit that the clone lacks carries nothing, so history begins with the next.
    names = stream["deployment_id"].filter(tips >= 0)
    new, since, lost = differences.listed(tips.filter(tips >= 0).to_list(), has_lost=True)
    first, brought, gone = (latest(pairs, len(found.shas)) for pairs in (new, since, lost))
    is_carried = first >= 0
    # Nearly all is brought once and stays.
    again = np.where(brought > first, brought, NONE)[is_carried]
    gone = np.where(gone > brought, gone, NONE)[is_carried]
    first = first[is_carried]
    return pl.DataFrame(
        {
            "service": stream["service"][0],
            "environment": stream["environment"][0],
            "repository": found.name,
            "sha": found.shas.filter(pl.Series(is_carried)),
            "deployment_id": names.gather(pl.Series(first)),
            "is_before_history": first == 0,
            "again_id": names.gather(pl.Series(again).replace(NONE, None)),
            "gone_id": names.gather(pl.Series(gone).replace(NONE, None)),
        },
        schema=SCHEMA,
    )


def latest(pairs: Pairs, count: int) -> NDArray[np.int64]:
    """Return the last place at which each commit is listed, -1 where at none."""
    found = np.full(count, NONE, dtype=np.int64)
    places, commits = pairs
    np.maximum.at(found, np.array(commits, dtype=np.int64), np.array(places, dtype=np.int64))
    return found
