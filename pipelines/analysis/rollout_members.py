"""One row per counted production deployment and the rollout that it belongs to.

Deployments of one service and one commit (else version) to different environments are one
rollout while each starts within a day of the first; the same one again to the same environment
begins another.
"""

from datetime import timedelta

import duckdb
import polars as pl

TABLE = "facts.rollout_members"
INPUTS = ("facts.rules", "facts.deployment_records")
GRAIN = ("deployment_id",)
COLUMNS = {
    "deployment_id": "Deployment.",
    "rollout_id": "First deployment of the rollout, in the order of their ends.",
}
SPAN = timedelta(hours=24)
COUNTED = """
select service, version_key, environment, deployment_id, finished_at,
    coalesce(started_at, finished_at) as began_at, rules.regions
from facts.deployment_records
inner join facts.rules as rules using (service)
where is_production and status = 'success'
order by service, version_key, began_at, finished_at, deployment_id
"""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the rollout of every counted deployment."""
    deployments: pl.DataFrame = con.sql(COUNTED).pl()
    numbered = deployments.with_columns(number=pl.Series(numbers(deployments), dtype=pl.Int64))
    first = pl.col("deployment_id").sort_by("finished_at", "deployment_id").first()
    return numbered.select("deployment_id", rollout_id=first.over("number"))


def numbers(deployments: pl.DataFrame) -> list[int]:
    """Return the number of each deployment's rollout; rows come by service, version and start."""
    found: list[int] = []
    current: tuple[object, object] | None = None
    places: set[str] = set()
    first_at = None
    number = -1
    for service, version, place, _, _, began_at, regions in deployments.iter_rows():
        is_new = (
            regions == "each"
            or version is None
            or (service, version) != current
            or place in places
            or began_at - first_at > SPAN
        )
        if is_new:
            number, first_at, places = number + 1, began_at, set()
            current = (service, version)
        places.add(place)
        found.append(number)
    return found
