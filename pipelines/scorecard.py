"""The seven questions of the architecture page, answered for each service from what is published.

There is no total, grade or order of merit: services stand by name.
"""

from typing import Any

import duckdb

from pipelines.errors import DrumbeatError
from pipelines.printing import aligned, printable
from sql import words

TABLES = {
    "questions": "service, number, topic, question, state, known_by, answer, observed_at, "
    "evidence_url from marts.architecture_questions",
    "traits": "service, trait, state, observed_at, evidence_url from marts.architecture_traits",
    "associations": "service, trait, with_rate, without_rate, with_count, without_count, "
    "odds_ratio, low_ratio, high_ratio, strata_count, finding from marts.architecture_associations",
}
ORDERS = {"questions": "number", "traits": "trait", "associations": "trait"}
ASSOCIATION = "Association within the service, by quarter; never proof."
Rows = list[dict[str, Any]]


def scorecard(con: duckdb.DuckDBPyConnection, service: str | None) -> dict[str, Rows]:
    """Return the rows of each table, of one service or of all; raises DrumbeatError."""
    found = {
        name: con.sql(
            f"select {columns} where $1 is null or service = $1 order by service, {ORDERS[name]}",
            params=[service],
        )
        .pl()
        .to_dicts()
        for name, columns in TABLES.items()
    }
    if service and not found["questions"]:
        known = con.execute("select service from facts.services order by service").fetchall()
        names = ", ".join(name for (name,) in known) or "none yet"
        raise DrumbeatError(
            f"{service!r} has not deployed to production, or is no service; there are: {names}"
        )
    return found


def as_json(con: duckdb.DuckDBPyConnection, service: str | None) -> dict[str, Any]:
    """Return the answer of ``drumbeat scorecard --json``; the questions are its ``rows``."""
    ((as_of,),) = con.execute("select as_of from config.run").fetchall()
    found = scorecard(con, service)
    told = {name: [plain(row) for row in rows] for name, rows in found.items()}
    return {"as_of": as_of.isoformat(), "rows": told.pop("questions"), **told}


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Write times as text."""
    at = row.get("observed_at")
    return row if at is None else {**row, "observed_at": at.isoformat()}


def as_text(con: duckdb.DuckDBPyConnection, service: str | None) -> str:
    """Return the scorecard for a terminal: a line a question, or a line a service."""
    found = scorecard(con, service)
    ((zone,),) = con.execute("select time_zone from config.run").fetchall()
    if not found["questions"]:
        return "Nothing has been deployed to production yet."
    return one(found, zone) if service else every(found["questions"])


def every(questions: Rows) -> str:
    """Return a line for each service, with the state of each answer."""
    topics = {row["number"]: row["topic"].replace("_", " ") for row in questions}
    services: dict[str, dict[int, str]] = {}
    for row in questions:
        services.setdefault(row["service"], {})[row["number"]] = row["state"]
    lines = [
        [printable(name), *(states.get(number, "") for number in topics)]
        for name, states in services.items()
    ]
    asked = [f"{row['number']} {row['question']}" for row in questions[: len(topics)]]
    return "\n".join([aligned([["service", *topics.values()], *lines]), "", *asked])


def known(row: dict[str, Any], at: str) -> list[str]:
    """Say the state of an answer, how it is known, of when, and where that can be seen."""
    how = [] if row["known_by"] == row["state"] else [row["known_by"]]
    page = [printable(row["evidence_url"])] if row["evidence_url"] else []
    return [", ".join([row["state"], *how]), at, *page]


def one(found: dict[str, Rows], zone: str) -> str:
    """Return each question of a service with its answer, what it lacks, and what goes together."""
    parts = []
    for row in found["questions"]:
        at = words.moment(row["observed_at"], zone) if row["observed_at"] else "no evidence"
        parts += [
            f"{row['number']} {row['question']}",
            f"  {printable(row['answer'])}",
            "  " + "; ".join(known(row, at)),
        ]
    traits = [[row["trait"], row["state"]] for row in found["traits"]]
    parts += ["", aligned([["trait", "state"], *traits])]
    told = [row for row in found["associations"] if row["odds_ratio"] is not None]
    if told:
        lines = [
            [
                row["trait"],
                f"{words.rate(row['with_rate'])} of {row['with_count']}",
                f"{words.rate(row['without_rate'])} of {row['without_count']}",
                f"{row['odds_ratio']:.1f}",
                f"{row['low_ratio']:.1f} to {row['high_ratio']:.1f}",
                f"{row['strata_count']}",
                row["finding"],
            ]
            for row in told
        ]
        head = ["failed", "with", "without", "odds ratio", "95 %", "quarters", ""]
        parts += ["", aligned([head, *lines]), ASSOCIATION]
    return "\n".join(parts)
