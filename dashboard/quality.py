"""What the data page shows: sources and their silence, and what is missing, with how to mend it."""

import polars as pl

from dashboard import data
from dashboard.frame import Frame
from dashboard.marks import Column, table
from sql import names, words
from sql.words import Part, Sentence, escape_html

FINDINGS = """
select kind, count(*) as finding_count, count(distinct service) as service_count,
    min(service) as service, min(subject) as example, string_agg(distinct metrics, ', ') as metrics,
    min(effect) as effect, min(remedy) as remedy
from marts.data_quality group by kind order by finding_count desc, kind
"""
WHOLE = 0.995
"""From here on a share is said as 100 %."""
EXPLAINED = """
select service, sum(deployment_count) as deployment_count, sum(explained_count) as explained_count,
    sum(explained_count) / nullif(sum(deployment_count), 0) as explained_rate
from marts.explained_deployments where starts_on >= ? group by service
order by explained_rate, service
"""


def sentence(findings: pl.DataFrame, silent: pl.DataFrame) -> Sentence:
    """Say whether the data can be trusted as it is."""
    fresh = [] if silent.height else [Part("No source has fallen silent. ")]
    if findings.is_empty():
        return (*fresh, Part("Nothing is known to be missing or contradictory."))
    count = words.capital(words.counted(int(findings["finding_count"].sum()), "finding"))
    said = [*fresh, Part(count, "strong")]
    said.append(Part(f" of {words.counted(findings.height, 'kind')} can be mended."))
    if not silent.is_empty():
        told = words.listed([f"{row['source']} ({row['thing']})" for row in silent.to_dicts()])
        verb = "has" if silent.height == 1 else "have"
        said += [Part(" "), Part(f"{told} {verb} fallen silent", "slow"), Part(".")]
    return tuple(said)


def findings() -> pl.DataFrame:
    """Return the findings by kind, the most frequent first."""
    return data.ask(FINDINGS)


def rhythms() -> pl.DataFrame:
    """Return what each source tells of and since when it has been quiet, the silent ones first."""
    return data.ask("from marts.source_rhythms order by is_silent desc, source, thing")


def explained(page: Frame) -> pl.DataFrame:
    """Return the share of deployments that explain themselves, the lowest first."""
    return data.ask(EXPLAINED, [page.since])


def source_table(found: pl.DataFrame) -> str:
    """Return the sources as a table."""
    columns = [
        Column("Source", "name"), Column("Tells of", "keep"), Column("Newest"),
        Column("Quiet, days", "num"), Column("Silent after", "num"), Column("In words", "words"),
    ]  # fmt: skip
    cells = [
        [
            f"<b>{escape_html(row['source'])}</b>" + "<small>silent</small>" * row["is_silent"],
            escape_html(row["thing"]),
            words.short_day(row["last_on"]),
            str(row["silent_days"]),
            words.NOTHING if row["limit_days"] is None else str(row["limit_days"]),
            f"newest {words.short_day(row['last_on'])}"
            + (
                f", quiet for {words.counted(row['silent_days'], 'day')}" * bool(row["silent_days"])
            ),
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "blocks")


def finding_table(found: pl.DataFrame, page: Frame) -> str:
    """Return the findings as a table: what, how often, what it does to which metric, the remedy."""
    columns = [
        Column("What", "title"), Column("How often", "keep"), Column("Touches"),
        Column("Effect and remedy", "title"),
    ]  # fmt: skip
    cells = [
        [
            f"<b>{escape_html(row['kind'])}</b><small>{escape_html(touched(row))}</small>",
            words.counted(row["finding_count"], "time"),
            escape_html(metrics(row["metrics"], page)),
            escape_html(f"{row['effect']} {row['remedy']}"),
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "blocks")


def explained_table(found: pl.DataFrame) -> str:
    """Return the shares as a table; those of which nothing is missing are counted alone."""
    whole = found.filter(pl.col("explained_rate") >= WHOLE)
    found = found.filter(pl.col("explained_rate") < WHOLE)
    rest = f"{words.capital(words.counted(whole.height, 'service'))}: all of them."
    if found.is_empty():
        return f"<p>{rest}</p>"
    columns = [Column("Service", "name"), Column("Explained", "keep"), Column("n", "num")]
    cells = [
        [
            f"<b>{escape_html(row['service'])}</b>",
            words.rate(row["explained_rate"]),
            str(int(row["deployment_count"])),
        ]
        for row in found.to_dicts()
    ]
    also = f'<p class="caption">{rest}</p>' if whole.height else ""
    return table(columns, cells, "blocks") + also


def touched(row: dict[str, object]) -> str:
    """Say where a kind of finding stands: its service, or how many, and one of its rows."""
    where = str(row["service"]) if row["service_count"] == 1 else f"{row['service_count']} services"
    return f"{where if row['service_count'] else 'no service'}; such as {row['example']}"


def metrics(told: str, page: Frame) -> str:
    """Say which metrics are touched, each once, in the usual order."""
    found = {name.strip() for name in told.split(",")}
    said = [
        names.metric(name, is_git_only=page.run.is_git_only)
        for name in names.WINDOWS
        if name in found
    ]
    return "all five" if len(said) == len(names.WINDOWS) else ", ".join(said) or "none"
