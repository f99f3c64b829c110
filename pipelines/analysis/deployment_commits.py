"""One row per commit and environment: the first deployment of the service that carries it.

Successful deployments of one service and environment in the order of their ends; each carries
what its commit reaches and no earlier one did.
"""

from collections.abc import Iterator

import duckdb
import polars as pl

from pipelines.analysis.first_deployments import first_carriers
from pipelines.analysis.graphs import Repository, names, repository

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
}
SCHEMA = {
    "service": pl.String,
    "environment": pl.String,
    "repository": pl.String,
    "sha": pl.String,
    "deployment_id": pl.String,
    "is_before_history": pl.Boolean,
}
STREAMS = """
select service, environment, deployment_id, commit_sha
from facts.deployment_records
where repository = $1 and status = 'success' and commit_sha is not null
order by service, environment, finished_at, deployment_id
"""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the first deployments of every repository's commits."""
    frames = [frame for name in names(con) for frame in carried(con, name)]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def carried(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[pl.DataFrame]:
    """Yield the first deployments of one repository's commits, stream by stream."""
    deployments = con.sql(STREAMS, params=[name]).pl()
    if deployments.is_empty():
        return
    found = repository(con, name)
    for stream in deployments.partition_by("service", "environment", maintain_order=True):
        yield first_deployments(found, stream)


def first_deployments(found: Repository, stream: pl.DataFrame) -> pl.DataFrame:
    """Return the first deployment of every commit that the stream carries."""
    tips = found.numbers(stream["commit_sha"])
    carrier = pl.Series(first_carriers(found.graph, tips))
    is_carried = carrier >= 0
    # A deployed commit that the clone lacks carries nothing, so history begins with the next.
    first_known = next((place for place, tip in enumerate(tips) if tip >= 0), -1)
    places = carrier.filter(is_carried)
    return pl.DataFrame(
        {
            "service": stream["service"][0],
            "environment": stream["environment"][0],
            "repository": found.name,
            "sha": found.shas.filter(is_carried),
            "deployment_id": stream["deployment_id"].gather(places),
            "is_before_history": places == first_known,
        },
        schema=SCHEMA,
    )
