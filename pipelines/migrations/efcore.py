"""Migrations of EF Core: what `Up` calls on its builder, by name."""

import re
from collections.abc import Iterator

from pipelines.migrations.blocks import SHARP, bare, braced, calls
from pipelines.migrations.told import Migration
from sql.statements import UNREAD, column, operations

NAMED = {
    "CreateTable": "add_table", "CreateIndex": "add_index", "CreateSequence": "add_object",
    "EnsureSchema": "add_object", "DropTable": "drop_table", "DropColumn": "drop_column",
    "DropIndex": "drop_index", "DropSequence": "drop_object", "DropSchema": "drop_object",
    "DropForeignKey": "drop_constraint", "DropPrimaryKey": "drop_constraint",
    "DropUniqueConstraint": "drop_constraint", "DropCheckConstraint": "drop_constraint",
    "RenameTable": "rename_table", "RenameColumn": "rename_column", "RenameIndex": "rename_index",
    "RenameSequence": "rename_table", "AlterColumn": "change_type",
    "AddForeignKey": "add_constraint", "AddPrimaryKey": "add_constraint",
    "AddUniqueConstraint": "add_constraint", "AddCheckConstraint": "add_constraint",
    "InsertData": "insert", "UpdateData": "update", "DeleteData": "delete",
    "AlterDatabase": "", "AlterTable": "", "RestartSequence": "", "AlterSequence": "",
}  # fmt: skip


def migration(text: str) -> Migration | None:
    """Return what a migration does; null where the file has no `Up`."""
    code, literals = bare(text, SHARP)
    up = re.search(r"\bvoid\s+Up\s*\(\s*MigrationBuilder\s+(\w+)\s*\)", code)
    if up is None:
        return None
    down = re.search(r"\bvoid\s+Down\s*\(\s*MigrationBuilder\s+(\w+)\s*\)", code)
    told = tuple(done(braced(code, up.end()), up[1], literals))
    is_back = down is not None and bool(list(done(braced(code, down.end()), down[1], literals)))
    return Migration(told, is_back)


def done(body: str, builder: str, literals: list[str]) -> Iterator[str]:
    """Yield what a method does with its builder."""
    for name, arguments in calls(body, builder):
        if name == "AddColumn":
            is_needed = re.search(r"\bnullable\s*:\s*false\b", arguments)
            is_filled = re.search(
                r"\bdefault(Value|ValueSql)\s*:|\bcomputedColumnSql\s*:", arguments
            )
            yield column(is_nullable=bool(is_filled) or not is_needed)
        elif name == "Sql":
            said = re.match(r'\s*(?:sql\s*:\s*)?"(\d+)"', arguments)
            yield from operations(literals[int(said[1])]) if said else [UNREAD]
        elif NAMED.get(name, UNREAD):
            yield NAMED.get(name, UNREAD)
