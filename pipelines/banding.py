"""The levels of DORA's reports and the scores of its quick check, with what must stand beside."""

from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from pipelines.errors import DrumbeatError
from pipelines.printing import aligned
from sql import bands, names

ORDER = ", ".join(f"'{metric}'" for metric in names.WINDOWS)
SHOWN = (
    "scope", "name", "metric", "report_year", "value", "unit", "n", "level", "said", "reason",
    "is_second_hand", "source", "definition",
)  # fmt: skip
SCORED = (
    "scope", "name", "metric", "edition", "value", "unit", "n", "score", "said", "reason",
    "mean_score", "sd_score", "industry", "industry_score", "source", "definition",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Banded:
    """The levels and scores of one service, or why it has none."""

    name: str
    levels: pl.DataFrame
    scores: pl.DataFrame

    def as_json(self) -> dict[str, Any]:
        """Return them as ``drumbeat metrics --bands --json`` has them; there is no overall one."""
        days = self.scores.row(0, named=True)
        return {
            "since": days["starts_on"].isoformat(),
            "until": days["ends_on"].isoformat(),
            "bands": self.levels.select(SHOWN).to_dicts(),
            "quick_check": self.scores.select(SCORED).to_dicts(),
            "warnings": list(bands.BESIDE),
        }

    def as_text(self) -> str:
        """Return two tables and the words that belong beside them."""
        days = self.scores.row(0, named=True)
        levels = [
            [names.metric(row["metric"]).lower(), bands.value(row), bands.report(row), said]
            for row in self.levels.iter_rows(named=True)
            for said in [bands.level(row)]
        ]
        scores = [
            [names.metric(row["metric"]).lower(), bands.value(row), bands.score(row), others]
            for row in self.scores.iter_rows(named=True)
            for others in [bands.beside(row)]
        ]
        return "\n\n".join(
            (
                f"{self.name}, {days['starts_on']} up to {days['ends_on']}",
                aligned([["metric", "value", "report", "level"], *levels]),
                aligned([["metric", "value", "quick check 2025", "others"], *scores]),
                "\n".join(bands.BESIDE),
            )
        )


def banded(con: duckdb.DuckDBPyConnection, scope: str, name: str) -> Banded:
    """Return what a published file knows of one service, team or the organisation."""
    levels, scores = (
        con.sql(
            f"select * from marts.{table} where scope = $1 and name = $2 "
            f"order by list_position([{ORDER}], metric){then}",
            params=[scope, name],
        ).pl()
        for table, then in (("bands", ", report_year"), ("quick_check", ""))
    )
    if scores.is_empty():
        known = con.sql(
            "select name from facts.scopes where scope = $1 order by all", params=[scope]
        )
        names_of = ", ".join(dict.fromkeys(one for (one,) in known.fetchall())) or "none"
        raise DrumbeatError(f"no {scope} is called {name!r}; there are: {names_of}")
    return Banded(name, levels, scores)
