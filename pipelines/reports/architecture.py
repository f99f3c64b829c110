"""What of the architecture is told every week: flags to end, and migrations that went with code."""

from collections.abc import Sequence

import duckdb

from pipelines.reports.contents import Cell, Column, Table
from pipelines.reports.outside import short
from pipelines.reports.reading import MINE, NAME, Edition, Row
from sql import words

MOST = 8
FLAGS = """
from marts.architecture_flags
where reasons <> '' and case $scope
    when 'organisation' then true
    when 'team' then team = $name
    else list_contains(string_split(services, ', '), $name)
end
order by overdue_days desc nulls last, age_days desc nulls last, flag_id
"""
MIGRATIONS = f"""
select migrations.* from marts.architecture_migrations as migrations
inner join {MINE} using (service) cross join config.run as run
where cast(migrations.deployed_at at time zone run.time_zone as date) >= $monday
    and cast(migrations.deployed_at at time zone run.time_zone as date) < $ends_on
order by migrations.state <> 'risky', migrations.deployed_at desc, migrations.deployment_id
"""
COUPLED = {
    "risky": "takes something away, with other code",
    "compatible": "only adds, with other code",
    "data_with_code": "changes rows, with other code",
    "unread_with_code": "could not be read, with other code",
    "decoupled": "went alone, and was watched",
    "unwatched": "went alone; the next deployment came before it was watched",
    "observed": "went alone, and is being watched",
    "unknown": "whether with other code is not known",
}


def flags(edition: Edition) -> list[Row]:
    """Return the flags that wait for somebody, as of now, the longest overdue first."""
    return _asked(edition, FLAGS)


def migrations(edition: Edition) -> list[Row]:
    """Return the week's deployments that brought migrations, the risky ones first."""
    return _asked(edition, MIGRATIONS)


def _asked(edition: Edition, query: str) -> list[Row]:
    try:
        return edition.ask(query)
    except duckdb.CatalogException:
        # An earlier release published the file.
        return []


def tables(edition: Edition, flags: Sequence[Row], migrations: Sequence[Row]) -> list[Table]:
    """Return the sections that have anything to say."""
    found = [_flags(flags)] if flags else []
    return [*found, *([_migrations(edition, migrations)] if migrations else [])]


def _flags(found: Sequence[Row]) -> Table:
    columns = (
        Column("Flag"),
        Column("Team"),
        Column("Age", True),
        Column("Overdue", True),
        Column("Why"),
    )
    rows = tuple(
        (
            Cell(short(row["flag_key"], NAME), url=words.address(row["evidence_url"])),
            Cell(short(row["team"], NAME) if row["team"] else "no owner"),
            Cell(_days(row["age_days"])),
            Cell(_days(row["overdue_days"])),
            Cell(row["reasons"]),
        )
        for row in found[:MOST]
    )
    more = f"And {len(found) - MOST} more, in marts.architecture_flags." * (len(found) > MOST)
    return Table("flags", "Flags to end", "", columns, rows, more)


def _migrations(edition: Edition, found: Sequence[Row]) -> Table:
    columns = (Column("Service"), Column("Migrations", True), Column("What they do"))
    rows = tuple(
        (
            Cell(
                short(row["service"], NAME),
                words.moment(row["deployed_at"], edition.run.zone),
                is_strong=True,
            ),
            Cell(str(row["migration_count"]), url=words.address(row["evidence_url"])),
            Cell(f"{row['kind']}: {COUPLED.get(row['state'], row['state'])}"),
        )
        for row in found[:MOST]
    )
    more = f"And {len(found) - MOST} more, in marts.architecture_migrations." * (len(found) > MOST)
    caption = "Deployments of the week that changed a database, those that took risks first."
    return Table("migrations", "Migrations", caption, columns, rows, more)


def _days(count: int | None) -> str:
    return words.NOTHING if count is None else words.counted(count, "day")
