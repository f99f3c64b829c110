"""One row per scope and pull request that Middleware finds deployed, with its first deployment.

A deployment of a branch brings what was merged into it by then, and from the branches of these
requests what was merged into them up to their last merge, and so on; what an earlier deployment
brought is not looked at again. Where a branch is not known, a request is taken to be merged into
what is deployed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

import duckdb
import polars as pl

from sql import peering

TABLE = "facts.branch_deployments"
INPUTS = (
    "config.calendar", "facts.deployed_branches", "facts.deployments", "facts.requests",
    "facts.scopes", "facts.services",
)  # fmt: skip
GRAIN = ("scope", "name", "change_id")
COLUMNS = {
    "scope": "service, team or organisation: one team of Middleware's.",
    "name": "The service, the team, or the word organisation.",
    "change_id": "Pull request.",
    "deployment_id": "Deployment.",
    "finished_at": "Its end, UTC.",
}
SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "scope": pl.String, "name": pl.String, "change_id": pl.String, "deployment_id": pl.String,
    "finished_at": pl.Datetime("us", "UTC"),
}  # fmt: skip
READ = ("shared.deployments", "shared.request_owners", "shared.requests")
TEXT = "".join(map(peering.query, peering.below(READ)))
"""What else counts as this module's text."""
# Of its repository; of no known one and one of its services; by one of its services, where the
# request tells no repository.
DEPLOYMENTS = """
create or replace temp table bringing_deployments as
select scope, name, place, finished_at, deployment_id, branches.branch
from shared__deployments as deployments
cross join unnest([
    case when repository is null then concat('nowhere ', service)
        else concat('of ', repository) end,
    concat('by ', service)
]) as places (place)
left join facts.deployed_branches as branches using (deployment_id)
where is_success
"""
REQUESTS = """
create or replace temp table merged_requests as
with places as (
    select scope, name, change_id, concat('of ', repository) as place
    from shared__requests where repository is not null
    union all
    select scope, name, change_id,
        concat(case when repository is null then 'by ' else 'nowhere ' end, owners.service)
    from shared__requests inner join shared__request_owners as owners using (change_id)
)
select scope, name, place, merged_at, change_id, from_branch, into_branch
from shared__requests inner join places using (scope, name, change_id)
semi join bringing_deployments using (scope, name, place)
where merged_at is not null
"""
# Where one branch is deployed, what is merged into it comes with the next deployment. Only requests
# into other branches, and those that may bring them, are walked for.
ASIDE = """
create or replace temp table walked_requests as
with roots as (
    select scope, name, place, min(branch) as root, count(distinct branch) as branch_count
    from bringing_deployments group by all
),
aside as (
    select requests.*
    from merged_requests as requests inner join roots using (scope, name, place)
    where branch_count > 1 or branch_count = 1 and into_branch <> root
)
select * from aside
union
select requests.*
from merged_requests as requests semi join aside
    on requests.scope = aside.scope and requests.name = aside.name
    and requests.place = aside.place and requests.from_branch = aside.into_branch
"""
NEXT = """
with moments as (
    select scope, name, place, finished_at, min(deployment_id) as deployment_id
    from bringing_deployments group by all
),
requests as (
    select * from merged_requests
    anti join walked_requests using (scope, name, place, change_id)
)
select requests.scope, requests.name, change_id, deployment_id, finished_at
from requests asof inner join moments
    on requests.scope = moments.scope and requests.name = moments.name
    and requests.place = moments.place and requests.merged_at <= moments.finished_at
"""
WALKED_DEPLOYMENTS = """
select scope, name, place, finished_at, deployment_id, branch
from bringing_deployments semi join walked_requests using (scope, name, place)
order by all
"""
WALKED_REQUESTS = "select * from walked_requests order by all"
Key = tuple[str, str, str]


class Deployment(NamedTuple):
    """A successful deployment, of a branch where it is known."""

    finished_at: datetime
    deployment_id: str
    branch: str | None


class Request(NamedTuple):
    """A merged request."""

    merged_at: datetime
    change_id: str
    from_branch: str | None
    into_branch: str | None


class Place:
    """The requests of one place that nothing brought yet."""

    def __init__(self) -> None:
        self.into: dict[str | None, list[Request]] = defaultdict(list)
        self.left_at: dict[str, list[datetime]] = defaultdict(list)

    def add(self, request: Request) -> None:
        """Take in a request that was merged."""
        self.into[request.into_branch].append(request)
        if request.from_branch is not None:
            self.left_at[request.from_branch].append(request.merged_at)

    def brought(self, deployment: Deployment) -> list[Request]:
        """Return what a deployment brings, and wait for it no more."""
        found = self.reached(deployment)
        for request in found:
            self.into[request.into_branch].remove(request)
            if request.from_branch is not None:
                self.left_at[request.from_branch].remove(request.merged_at)
        return found

    def reached(self, deployment: Deployment) -> list[Request]:
        """Walk from the deployed branch to those that were merged into it."""
        if deployment.branch is None:
            return [request for requests in self.into.values() for request in requests]
        found = list(self.into.get(None, ()))
        waiting, seen = [deployment.branch], set[str]()
        waiting += [request.from_branch for request in found if request.from_branch]
        while waiting:
            branch = waiting.pop()
            if branch not in seen:
                seen.add(branch)
                is_root = branch == deployment.branch
                last = deployment.finished_at if is_root else max(self.left_at[branch])
                more = [one for one in self.into.get(branch, ()) if one.merged_at <= last]
                waiting += [request.from_branch for request in more if request.from_branch]
                found += more
        return found


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return which deployment brought each request first, of all places where it may be."""
    prepare(con)
    for query in (DEPLOYMENTS, REQUESTS, ASIDE):
        con.execute(query)
    requests = dict(grouped(con, WALKED_REQUESTS))
    walk = [
        (*key[:2], request.change_id, deployment.deployment_id, deployment.finished_at)
        for key, deployments in grouped(con, WALKED_DEPLOYMENTS)
        for deployment, request in walked(
            [Deployment(*row) for row in deployments],
            [Request(*row) for row in requests[key]],
        )
    ]
    straight: pl.DataFrame = con.sql(NEXT).pl()
    found = pl.concat([pl.DataFrame(walk, schema=SCHEMA, orient="row"), straight])
    return found.sort("finished_at", "deployment_id").unique(
        ["scope", "name", "change_id"], keep="first", maintain_order=True
    )


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make what other tools read of all scopes; which days are chosen makes no difference."""
    ((zone,),) = con.execute("select time_zone from config.calendar").fetchall()
    day = {"since": date(2000, 1, 1), "until": date(2000, 1, 2), "today": date(2000, 1, 1)}
    for text, params in peering.statements(
        READ, service=None, days={**day, "by": "window"}, zone=zone
    ):
        con.execute(text, params)


def grouped(
    con: duckdb.DuckDBPyConnection, query: str
) -> Iterator[tuple[Key, list[tuple[Any, ...]]]]:
    """Yield the rows of each place, in order, without what names it."""
    for key, rows in groupby(con.sql(query).pl().iter_rows(), lambda row: row[:3]):
        yield key, [row[3:] for row in rows]


def walked(
    deployments: list[Deployment], requests: list[Request]
) -> Iterator[tuple[Deployment, Request]]:
    """Yield each request with the deployment that brought it; both come in order of time."""
    place, taken = Place(), 0
    for deployment in deployments:
        while taken < len(requests) and requests[taken].merged_at <= deployment.finished_at:
            place.add(requests[taken])
            taken += 1
        for request in place.brought(deployment):
            yield deployment, request
