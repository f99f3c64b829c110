"""The levels of DORA's reports for one service: small, and with what they are not."""

import polars as pl
import streamlit as st

from dashboard import data, marks
from dashboard.frame import Frame
from dashboard.marks import Column
from sql import bands, names
from sql.words import escape_html, with_days

TITLE = "DORA's levels and scores, and why they are no grade"
ORDER = list(names.WINDOWS)


def show(service: str, page: Frame) -> None:
    """Offer the levels of one service to whoever opens them."""
    levels, scores = asked("bands", service), asked("quick_check", service)
    with st.expander(TITLE):
        marks.write(f'<p class="caption">{escape_html(" ".join(bands.BESIDE))}</p>')
        reason = one_reason(scores)
        if reason:
            marks.write(f"<p>No level and no score: {escape_html(with_days(reason))}.</p>")
            return
        marks.write(level_table(levels, page))
        marks.write(score_table(scores, page))


def asked(table: str, service: str) -> pl.DataFrame:
    """Return a service's rows, the metrics in the usual order."""
    return data.ask(
        f"from marts.{table} where scope = 'service' and name = ?"
        f" order by list_position(?, metric){', report_year' if table == 'bands' else ''}",
        [service, ORDER],
    )


def one_reason(scores: pl.DataFrame) -> str:
    """Return why there is no score at all, where one reason holds for every metric."""
    reasons = scores["reason"].unique().to_list()
    return (reasons[0] or "") if len(reasons) == 1 else "" if reasons else "no deployment is known"


def level_table(levels: pl.DataFrame, page: Frame) -> str:
    """Return one row a metric, one column a report."""
    years = levels["report_year"].unique(maintain_order=True).to_list()
    second_hand = set(levels.filter("is_second_hand")["report_year"].to_list())
    columns = [Column("Metric", "name"), Column("12 weeks", "keep")]
    columns += [Column(f"{year}{', second-hand' * (year in second_hand)}") for year in years]
    columns.append(Column("In words", "words"))
    cells = [
        [
            f"<b>{escape_html(named(rows[0]['metric'], page))}</b>",
            escape_html(bands.value(rows[0])),
            *(escape_html(bands.level(row)) for row in rows),
            "<br>".join(escape_html(f"{bands.report(row)}: {bands.level(row)}") for row in rows),
        ]
        for rows in (part.to_dicts() for part in levels.partition_by("metric", maintain_order=True))
    ]
    return marks.table(columns, cells, "blocks")


def score_table(scores: pl.DataFrame, page: Frame) -> str:
    """Return one row a metric: its score, and what others have."""
    columns = [
        Column("Quick check 2025", "name"), Column("Score", "keep"), Column("Others", "title"),
    ]  # fmt: skip
    cells = [
        [
            f"<b>{escape_html(named(row['metric'], page))}</b>",
            escape_html(bands.score(row)),
            escape_html(bands.beside(row)),
        ]
        for row in scores.to_dicts()
    ]
    return marks.table(columns, cells, "blocks")


def named(metric: str, page: Frame) -> str:
    """Say a metric's name."""
    return names.metric(metric, is_git_only=page.run.is_git_only)
