"""What to know when reading the report's numbers: the warnings of their windows, in words."""

from pipelines.reports.reading import Edition
from sql import names, words
from sql.names import WINDOWS


def care(edition: Edition) -> str:
    """Return what the five numbers are warned of, each once with its metrics, as a paragraph."""
    found: dict[str, list[str]] = {}
    for metric, window in WINDOWS.items():
        told = edition.ask(
            "select beside.words, metrics.is_too_few, metrics.n from marts.metrics as metrics"
            " left join marts.warnings as beside using (metric, scope, name, period, starts_on)"
            " where metric = $metric and scope = $scope and name = $name and period = $period"
            " and ends_on = $ends_on order by beside.kind",
            metric=metric,
            period=window,
        )
        few = [words.TOO_FEW] if any(row["is_too_few"] and row["n"] for row in told) else []
        for said in (*few, *(words.with_days(row["words"]) for row in told if row["words"])):
            found.setdefault(said, []).append(
                names.metric(metric, is_git_only=edition.run.is_git_only).lower()
            )
    line = names.with_care(found)
    return f"{line}\n" if line else ""
