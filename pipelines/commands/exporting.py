"""The commands for analysts beside `sql`: schema and export."""

from pathlib import Path

import click

from pipelines.commands import options
from pipelines.commands.reading import published


@click.command(epilog="Example: drumbeat schema | less")
@options.data_dir
def schema(data_dir: Path | None) -> None:
    """Print every table, column and macro of the published file, as Markdown."""
    from pipelines import describing

    click.echo(describing.document(published(data_dir)))


@click.command(epilog="Example: drumbeat export --out lake --tables marts,facts.deployments")
@options.data_dir
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("export"),
    show_default=True,
    help="Folder.",
)
@click.option(
    "--tables",
    default="marts",
    show_default=True,
    help="Schemas and tables, commas between.",
)
def export(data_dir: Path | None, out: Path, tables: str) -> None:
    """Write published tables as Parquet, one file each; earlier files are replaced."""
    from pipelines import exporting

    wanted = [name.strip() for name in tables.split(",") if name.strip()]
    written = exporting.export(published(data_dir), out, wanted)
    rows = sum(count for _, count in written)
    click.echo(f"{out}: {len(written)} tables, {rows:,} rows", err=True)
