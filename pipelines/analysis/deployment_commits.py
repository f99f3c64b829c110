"""One row per commit and environment: the first deployment of the service that carries it.

Successful deployments of one service and environment in the order of their ends; each carries
what its commit reaches and no earlier one did.
"""

import duckdb
import polars as pl

from pipelines.analysis.first_deployments import first_carriers
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
select repository, service, environment, deployment_id, commit_sha
from facts.deployment_records
where repository is not null and status = 'success' and commit_sha is not null
order by service, environment, finished_at, deployment_id
"""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the first deployments of every repository's commits."""
    deployments = con.sql(STREAMS).pl()
    frames = [
        first_deployments(found, stream)
        for found in repositories(con)
        for stream in streams(deployments, found.name)
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def streams(deployments: pl.DataFrame, name: str) -> list[pl.DataFrame]:
    """Split a repository's deployments by service and environment, each in the order of ends."""
    own = deployments.filter(pl.col("repository") == name)
    return own.partition_by("service", "environment", maintain_order=True)


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
