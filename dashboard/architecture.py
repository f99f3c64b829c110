"""Tables and words of the Architecture page; there is no total, grade or order of merit."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import polars as pl

from dashboard import data
from dashboard.frame import Frame
from dashboard.marks import Column, link, table
from sql import words
from sql.words import Part, Sentence, escape_html

MOST_FLAGS = 12
MOST_SERVICES = 60
# Each way of knowing has its shape and its word, so that colour never speaks alone.
KNOWN = {
    "measured": "M4 .8a3.2 3.2 0 1 0 .01 0z",
    "claimed": "M4 .8a3.2 3.2 0 0 0 0 6.4z",
    "unknown": "M4 .8a3.2 3.2 0 1 0 .01 0zM4 1.8a2.2 2.2 0 1 1 -.01 0z",
}
FIVE = {"yes": "there", "no": "lacking", "stale": "not seen lately", "unknown": "unknown"}
ASSOCIATION = (
    "failed deployments with and without the trait, compared within quarters of this service; "
    "association, not proof"
)


def questions(service: str, team: str) -> pl.DataFrame:
    """Return the answers for a service, else for a team or for all, services by name."""
    return data.ask(
        "select questions.* from marts.architecture_questions as questions"
        " inner join marts.service_overview as overview using (service)"
        " where ? in ('', service) and ? in ('', team) order by service, number",
        [service, team],
    )


def traits(service: str) -> pl.DataFrame:
    """Return the five traits of a service."""
    return data.ask(
        "from marts.architecture_traits where service = ? order by place",
        [service],
    )


def associations(service: str) -> pl.DataFrame:
    """Return the traits of a service's deployments of which something can be told."""
    return data.ask(
        "from marts.architecture_associations where service = ? and odds_ratio is not null"
        " order by trait",
        [service],
    )


def deployments(service: str) -> pl.DataFrame:
    """Return the latest deployments of a service, four words each."""
    return data.ask(
        "from marts.architecture_deployments where service = ? order by finished_at desc limit 12",
        [service],
    )


def flags(service: str, team: str) -> pl.DataFrame:
    """Return the queue of flags to end, by team, the oldest first."""
    return data.ask(
        "from marts.architecture_flags where ? in ('', team)"
        " and (? = '' or list_contains(string_split(services, ', '), ?)) order by team, place",
        [team, service, service],
    )


def sentence(found: pl.DataFrame, ends: int, page: Frame) -> Sentence:
    """Say what a rollback would be now, for one service or for how many, and which flags end."""
    answers = {row["number"]: row for row in found.to_dicts()}
    if page.service:
        said: list[Part] = [
            Part(f"{words.capital(page.service)}, rolled back now: "),
            Part(_inside(answers[3]["answer"]), "strong"),
        ]
    else:
        back = found.filter(topic="rollback")
        known = back.filter(pl.col("state") != "unknown").height
        ready = back.filter(state="yes").height
        all_of_them = words.counted(back.height, "service")
        said = [
            Part(f"{words.capital(words.small(ready))} of {all_of_them}"),
            Part(" can be taken back without a build", "strong"),
            Part(f"; of {words.small(back.height - known)} it is not known."),
        ]
        if not known:
            said = [Part(f"What a rollback would do is not known of {all_of_them}.")]
    if ends:
        verb = "waits" if ends == 1 else "wait"
        said.append(
            Part(f" {words.capital(words.counted(ends, 'flag'))} {verb} for an end.", "slow")
        )
    return tuple(said)


def _inside(answer: str) -> str:
    return answer[:1].lower() + answer[1:]


def answered(found: pl.DataFrame, page: Frame) -> str:
    """Return the seven questions of a service: answer, how it is known, when, and evidence."""
    columns = [
        Column("Question", "asked"),
        Column("Answer", "answer"),
        Column("Known by", "chipped"),
        Column("Of", "keep-desk"),
        Column("Evidence"),
    ]
    cells = [
        [
            escape_html(row["question"]),
            escape_html(row["answer"]),
            known_by(row["known_by"], row["state"]),
            f'<span class="keep">{words.moment(row["observed_at"], page.run.zone)}</span>',
            link(row["evidence_url"], "open") if row["evidence_url"] else words.NOTHING,
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "blocks answers")


def every(found: pl.DataFrame, page: Frame) -> str:
    """Return a line for each service, by name, with the state of each answer."""
    topics = found.unique("number").sort("number")["topic"].to_list()
    columns = [
        Column("Service", "name"), *(Column(_topic(topic)) for topic in topics),
        Column("In words", "words"),
    ]  # fmt: skip
    cells = [
        [
            to(service, page),
            *(_state(row) for row in rows),
            ", ".join(f"{_topic(row['topic']).lower()} {_state(row)}" for row in rows),
        ]
        for service, rows in islice(_by_service(found.to_dicts()).items(), MOST_SERVICES)
    ]
    return table(columns, cells, "blocks")


def _topic(topic: str) -> str:
    return words.capital(topic.replace("_", " "))


def to(service: str, page: Frame) -> str:
    """Return a link to what is known of one service."""
    address = page.to("architecture", service=service)
    return f'<a href="{address}" target="_self">{escape_html(service)}</a>'


def _state(row: Mapping[str, Any]) -> str:
    said = escape_html(f"{_topic(row['topic'])}: {row['answer']}")
    return f'<span class="state {row["state"]}" title="{said}">{row["state"]}</span>'


def _by_service(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["service"], []).append(row)
    return found


def known_by(known: str, state: str) -> str:
    """Return how an answer is known as a chip; what has grown old says so."""
    said = f"{known}, stale" if state == "stale" else known
    return (
        f'<span class="chip {known}"><svg width="9" height="9" viewBox="0 0 8 8" '
        f'aria-hidden="true"><path fill-rule="evenodd" d="{KNOWN[known]}"/></svg>'
        f"{escape_html(said)}</span>"
    )


def five(found: pl.DataFrame, page: Frame) -> str:
    """Return the five traits of a service in words."""
    columns = [Column("Trait", "name"), Column("State"), Column("Of"), Column("Evidence")]
    cells = [
        [
            escape_html(words.capital(row["trait"])),
            f'<span class="state {row["state"]}">{FIVE[row["state"]]}</span>',
            words.moment(row["observed_at"], page.run.zone),
            link(row["evidence_url"], "open") if row["evidence_url"] else words.NOTHING,
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "scrolls")


def together(found: pl.DataFrame) -> str:
    """Return what failures go together with, within a service."""
    columns = [
        Column("Trait", "name"),
        Column("Failed with", "num"),
        Column("n", "num"),
        Column("Failed without", "num"),
        Column("n", "num"),
        Column("Odds ratio, 95 %", "num"),
        Column("Quarters", "num"),
        Column("Finding"),
    ]
    cells = [
        [
            escape_html(words.capital(row["trait"])),
            words.rate(row["with_rate"]),
            str(row["with_count"]),
            words.rate(row["without_rate"]),
            str(row["without_count"]),
            f"{row['odds_ratio']:.1f} ({row['low_ratio']:.1f} to {row['high_ratio']:.1f})",
            str(row["strata_count"]),
            escape_html(row["finding"]),
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "scrolls")


def latest(found: pl.DataFrame, page: Frame) -> str:
    """Return the four words of the latest deployments."""
    kinds = ("safe", "reversible", "observed", "decoupled")
    columns = [Column("Ended", "name"), *(Column(words.capital(kind)) for kind in kinds)]
    columns.append(Column("Outcome"))
    cells = [
        [
            link(row["url"], words.moment(row["finished_at"], page.run.zone)),
            *(f'<span class="state {row[kind]}">{row[kind]}</span>' for kind in kinds),
            "failed" if row["is_failed"] else "held",
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "scrolls")


def queue(found: pl.DataFrame) -> str:
    """Return the flags that wait for an end, by team, the oldest first."""
    columns = [
        Column("Flag", "name"),
        Column("Kind"),
        Column("Team", "keep"),
        Column("Age", "num"),
        Column("Why it is here", "said"),
        Column("Still in code", "num"),
    ]
    cells = [
        [
            link(row["evidence_url"], row["flag_key"]),
            escape_html(row["kind"]),
            escape_html(row["team"] or "nobody's"),
            words.NOTHING if row["age_days"] is None else f"{row['age_days']:,} days",
            escape_html(row["reasons"]),
            words.counted(row["reference_count"], "file") if row["reference_count"] else "none",
        ]
        for row in found.head(MOST_FLAGS).to_dicts()
    ]
    return table(columns, cells, "blocks")
