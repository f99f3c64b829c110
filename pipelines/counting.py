"""What a change or an incident counts in, why, and what it is linked with."""

from typing import Any

import duckdb

Row = dict[str, Any]
Links = dict[str, list[Row]]
Found = tuple[list[Row], Links]


def rows(con: duckdb.DuckDBPyConnection, query: str, *params: Any) -> list[Row]:
    """Return rows by the names of their columns."""
    answer = con.sql(query, params=list(params))
    names = answer.columns
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def count(metric: str, counts: object, because: str) -> Row:
    """Return one line of what something counts in."""
    return {"metric": metric, "counts": bool(counts), "because": because}


CARRYING = """
select
    service, deployment_id, how, finished_at, finished_on, is_before_history, is_bot,
    lead_seconds, coding_seconds, pickup_seconds, review_seconds, merge_seconds, wait_seconds,
    deployment_seconds
from facts.deployment_changes where change_id = $1 order by service
"""


def change(con: duckdb.DuckDBPyConnection, id: str, facts: list[Row]) -> Found:
    """Return what a change counts in, and its links."""
    carried = rows(con, CARRYING, id)
    bots = rows(con, "select service, has_bots_changes from facts.rules")
    counted = {one["service"] for one in bots if one["has_bots_changes"]}
    counts = [change_count(con, fact, carried, counted) for fact in facts]
    remedies = rows(
        con,
        "select remedies.* from facts.remedies as remedies inner join facts.deployment_changes "
        "as carried using (deployment_id) where carried.change_id = $1 order by all",
        id,
    )
    is_remedy = any(fact["is_revert"] or fact["is_hotfix"] for fact in facts)
    links = {
        "First production deployment that carries it": carried,
        "What that deployment mends": remedies if is_remedy else [],
    }
    return counts, links


def change_count(
    con: duckdb.DuckDBPyConnection, fact: Row, carried: list[Row], bots: set[str]
) -> Row:
    """Return whether a change of a service counts in lead time, and why."""
    service = fact["service"]
    name = f"change_lead_time of {service}"
    for one in carried:
        if one["service"] == service:
            counts, why = delivered(one, service in bots)
            return count(name, counts, why)
    if rows(con, "from facts.pending_changes where change_id = $1 and service = $2",
            fact["change_id"], service):  # fmt: skip
        return count(name, False, "the clone lacks its merge commit")
    return count(name, False, "no production deployment carries it yet")


def delivered(one: Row, has_bots: bool) -> tuple[bool, str]:
    """Say whether a change that reached production counts."""
    if one["is_before_history"]:
        return False, "the first known deployment carried it, so when it went live is not known"
    if one["is_bot"] and not has_bots:
        return False, "a bot wrote it"
    if one["lead_seconds"] is None:
        return False, "its start is not known, or after its end"
    hours = one["lead_seconds"] / 3600
    return True, f"live since {one['finished_on']} with {one['deployment_id']}, {hours:.2f} hours"


def incident(con: duckdb.DuckDBPyConnection, id: str, facts: list[Row]) -> Found:
    """Return what an incident counts in, and its links."""
    links = {
        "Deployments that it may be due to": rows(
            con, linked("deployment_incidents", "deployment_id"), id
        ),
        "Flags that it may be due to": rows(con, linked("flag_incidents", "flag_event_id"), id),
        "Failures that it ended": rows(
            con,
            "from facts.failed_deployments where recovery_id = $1 "
            "and recovered_by = 'incident_resolved' order by deployment_id",
            id,
        ),
    }
    counted = [one for one in links["Deployments that it may be due to"] if one["is_counted"]]
    failed = [failure(one) for one in counted]
    ended = [one["deployment_id"] for one in links["Failures that it ended"]]
    return [
        count("change_fail_rate", counted, "; ".join(failed) or blameless(facts, links)),
        count("recovery_time", ended, f"its end ended the failure of {', '.join(ended)}"
              if ended else "its end ended no failure"),
    ], links  # fmt: skip


def linked(table: str, name: str) -> str:
    """Return the query of an incident's links, the strongest first."""
    order = f"is_counted desc, confidence desc, {name}, how"
    return f"from facts.{table} where incident_id = $1 order by {order}"


def failure(link: Row) -> str:
    """Say which deployment an incident makes a failed one, and how that is known."""
    by = f", decided by {link['decided_by']}" if link.get("decided_by") else ""
    return f"{link['deployment_id']} failed: {link['how']}, confidence {link['confidence']:.2f}{by}"


def blameless(facts: list[Row], links: Links) -> str:
    """Say why an incident makes no deployment a failed one."""
    if any(one["is_counted"] for one in links["Flags that it may be due to"]):
        return "a flag is the stronger cause"
    if links["Deployments that it may be due to"]:
        return "no link to a deployment is strong enough"
    if all(fact["service"] is None for fact in facts):
        return "no service claims it, and it names no deployment"
    return "no deployment of its service is near enough"
