"""Which deployments, changes and incidents are counted by one tool and not by the other."""

from typing import Any

import duckdb

from pipelines.comparing.counting import counted, make
from pipelines.windows import Window
from sql.tools import OURS, Tool

Row = dict[str, Any]
# Their commits are told by deployment; they are none of our changes.
BY_COMMIT = ("four_keys", "datadog", "pelorus")
FAILED = """
select 'change_fail_rate' as metric, 'deployment' as thing,
    coalesce(theirs.deployment_id, ours.deployment_id) as thing_id,
    coalesce(theirs.happened_on, ours.happened_on) as happened_on,
    case when ours.is_failed then 'failed' when ours.deployment_id is null then 'not counted'
        else 'held' end as ours,
    case when theirs.is_failed then 'failed' when theirs.deployment_id is null then 'not counted'
        else 'held' end as theirs,
    coalesce(case when theirs.is_failed then theirs.because_id end,
        case when ours.is_failed then ours.because_id end) as because_id
from ({theirs}) as theirs full join ({ours}) as ours using (deployment_id)
"""
COUNTED = """
select '{metric}' as metric, '{thing}' as thing,
    coalesce(theirs.{key}, ours.{key}) as thing_id,
    coalesce(theirs.happened_on, ours.happened_on) as happened_on,
    case when ours.{key} is null then 'not counted' else 'counted' end as ours,
    case when theirs.{key} is null then 'not counted' else 'counted' end as theirs,
    coalesce(theirs.because_id, ours.because_id) as because_id
from ({theirs}) as theirs full join ({ours}) as ours using ({key})
"""
MINE = """
select {columns} from {table} where scope = $scope and name = $name
    and happened_on >= $since and happened_on < $until {only}
"""

# What failed in one alone says most.
ORDER = """
order by metric, case when 'failed' in (ours, theirs) then 1 else 2 end, happened_on, thing_id
"""


def differences(
    con: duckdb.DuckDBPyConnection, chosen: Window, tool: Tool, *, service: str | None = None
) -> list[Row]:
    """Return the things of one scope that only one of the two counts, or that fail in one alone."""
    counted(con, chosen, [tool], service=service)
    make(con, ["drumbeat.deployments", "drumbeat.changes", "drumbeat.incidents"])
    params = {
        "scope": "service" if service else "organisation",
        "name": service or "organisation",
        "since": chosen.since,
        "until": chosen.until,
    }
    query = " union all ".join(parts(tool))
    found = con.sql(f"from ({query}) where ours <> theirs {ORDER}", params=params).pl()
    rows: list[Row] = found.to_dicts()
    return rows


def parts(tool: Tool) -> list[str]:
    """Return the queries of a tool, one for each kind of thing that it counts."""
    found = [changes(tool)]
    if tool.key not in ("gitlab", "pelorus"):
        columns = "deployment_id, because_id, happened_on, is_failed"
        # A rollback of Datadog's is not counted where failures are.
        only = "and not is_rollback" if tool.key == "datadog" else ""
        found.append(
            FAILED.format(
                theirs=mine(tool.key, "deployments", columns, only),
                ours=mine(OURS, "deployments", columns),
            )
        )
    if tool.key != "datadog":
        told = {"gitlab": "metric = 'change_fail_rate'", "pelorus": "metric = 'change_fail_rate'"}
        only = told.get(tool.key, "metric = 'recovery_time'")
        bare = tool.key in ("gitlab", "pelorus", "middleware")
        found.append(
            COUNTED.format(
                metric="change_fail_rate" if tool.key in told else "recovery_time",
                thing="incident",
                key="incident_id",
                theirs=mine(
                    tool.key,
                    "incidents",
                    f"incident_id, {'null' if bare else 'because_id'} as because_id, happened_on",
                    "" if tool.key in ("middleware", "four_keys") else f"and {only}",
                ),
                ours=mine(OURS, "incidents", "incident_id, because_id, happened_on"),
            )
        )
    return found


def changes(tool: Tool) -> str:
    """Return the query of what has a lead time: changes, or the deployments of commits."""
    if tool.key not in BY_COMMIT:
        key, thing = "change_id", "change"
        columns = "change_id, because_id, happened_on"
        both = [mine(side, "changes", columns) for side in (tool.key, OURS)]
    else:
        key, thing = "deployment_id", "deployment"
        both = [
            "select because_id as deployment_id, concat(count(*), ' of them') as because_id, "
            f"happened_on from ({mine(side, 'changes', 'because_id, happened_on')}) group by all"
            for side in (tool.key, OURS)
        ]
    return COUNTED.format(
        metric="change_lead_time", thing=thing, key=key, theirs=both[0], ours=both[1]
    )


def mine(tool: str, table: str, columns: str, only: str = "") -> str:
    """Return the query of one scope's things in the window."""
    return MINE.format(columns=columns, table=f"{tool}__{table}", only=only)
