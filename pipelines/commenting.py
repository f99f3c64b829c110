"""Puts what headers say of tables and columns where any DuckDB client finds it."""

from collections.abc import Mapping

from pipelines.warehouse import quoted


def described(name: str, table: str, columns: list[str]) -> str:
    """Return the statements that describe ``table``, which is called ``name`` in its file."""
    # Whoever reads what is published loads this module too, and needs neither.
    from pipelines import settings_words
    from pipelines.steps import steps

    step = steps().get(table)
    if step is None:
        short = table.split(".")[1]
        summary = settings_words.SUMMARIES.get(short, "")
        return comments(name, summary, settings_words.columns(short, columns))
    said = {column.name: column.comment for column in step.columns if column.name in columns}
    return comments(name, step.summary, said)


def comments(table: str, summary: str, columns: Mapping[str, str]) -> str:
    """Return the statements that describe a table and its columns."""
    return "; ".join(
        [
            f"comment on table {table} is {quoted(summary)}",
            *(
                f"comment on column {table}.{name} is {quoted(said)}"
                for name, said in columns.items()
            ),
        ]
    )
