"""What the checks say of the data's own quality: findings, and deployments not explained."""

import duckdb

FINDINGS = tuple(
    f"marts.{thing}_findings" for thing in ("deployment", "change", "incident", "service", "source")
)
EXPLAINED = "marts.explained_deployments"
ENOUGH = 0.8
SHOWN = 5


def findings(con: duckdb.DuckDBPyConnection, table: str) -> tuple[str, int]:
    """Return each kind of finding in a table with its remedy, and how many there are in all."""
    kinds = con.execute(
        "select found.kind, count(*), min(found.subject), min(coalesce(found.remedy, told.remedy)) "
        f"from {table} as found inner join seeds.finding_kinds as told using (kind) "
        "group by found.kind order by all"
    ).fetchall()
    told = [f"{kind}: {count:,}, such as {one}. {remedy}" for kind, count, one, remedy in kinds]
    return " ".join(told), sum(count for _, count, *_ in kinds)


def unexplained(con: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Return the services whose latest week too few deployments of explain, and how many."""
    lacking = con.execute(
        "select service, explained_count, deployment_count "
        f"from (select *, max(starts_on) over () as last_on from {EXPLAINED}) "
        "where starts_on = last_on and explained_rate < $1 order by all",
        [ENOUGH],
    ).fetchall()
    told = [
        f"{service}: {count:,} of {whole:,} explain themselves" for service, count, whole in lacking
    ]
    more = f"; and {len(told) - SHOWN:,} services more" if len(told) > SHOWN else ""
    return "; ".join(told[:SHOWN]) + more, len(told)
