"""Migrations of Rails: what `change` or `up` calls, by name, line by line."""

import re
from collections.abc import Iterator

from pipelines.migrations.blocks import RUBY, bare
from pipelines.migrations.told import Migration
from sql.statements import UNREAD, column, operations

NAMED = {
    "create_table": "add_table", "create_join_table": "add_table", "add_index": "add_index",
    "add_timestamps": "add_not_null_column", "add_foreign_key": "add_constraint",
    "add_check_constraint": "add_constraint", "add_unique_constraint": "add_constraint",
    "add_exclusion_constraint": "add_constraint", "validate_foreign_key": "",
    "validate_check_constraint": "", "validate_constraint": "", "change_table_comment": "",
    "change_column_comment": "", "enable_extension": "add_object", "create_enum": "add_object",
    "create_schema": "add_object", "add_enum_value": "add_object", "drop_enum": "drop_object",
    "rename_enum": "rename_table", "disable_extension": "drop_object", "drop_table": "drop_table",
    "drop_join_table": "drop_table", "remove_column": "drop_column", "drop_schema": "drop_object",
    "remove_columns": "drop_column", "remove_reference": "drop_column",
    "remove_belongs_to": "drop_column", "remove_timestamps": "drop_column",
    "remove_index": "drop_index", "remove_foreign_key": "drop_constraint",
    "remove_check_constraint": "drop_constraint", "remove_unique_constraint": "drop_constraint",
    "remove_exclusion_constraint": "drop_constraint", "rename_table": "rename_table",
    "rename_column": "rename_column", "rename_index": "rename_index",
    "change_column": "change_type",
}  # fmt: skip
# Within `change_table :name do |t|`.
OF_TABLE = {
    "index": "add_index", "remove": "drop_column", "rename": "rename_column",
    "change": "change_type", "remove_index": "drop_index", "remove_references": "drop_column",
    "foreign_key": "add_constraint", "remove_foreign_key": "drop_constraint",
    "check_constraint": "add_constraint", "timestamps": "add_not_null_column",
    "remove_timestamps": "drop_column", "change_default": "set_default",
}  # fmt: skip
WRITES = re.compile(
    r"\.(?:(?P<update>update_all|update!?|find_each|update_columns?|save!?|touch_all|upsert_all)"
    r"|(?P<insert>create!?|insert_all!?|find_or_create_by!?)"
    r"|(?P<delete>delete_all|destroy_all|destroy!?))\b"
)
OPENS = re.compile(r"^\s*(?:def|class|module|if|unless|case|begin|while|until|for)\b|\bdo\b")
CLOSES = re.compile(r"^\s*end\b")


def migration(text: str) -> Migration | None:
    """Return what a migration does; null where the file is none."""
    code, literals = bare(text, RUBY)
    if not re.search(r"<\s*(?:ActiveRecord::)?Migration\b|Migration\[", code):
        return None
    bodies = methods(code.split("\n"))
    up = bodies.get("up", bodies.get("change"))
    if up is None:
        return Migration((UNREAD,))
    told = list(done(up, literals))
    if "up" in bodies:
        down = [line for line in bodies.get("down", []) if line.strip()]
        has_down = bool(down) and not any("IrreversibleMigration" in line for line in down)
        return Migration(tuple(name for name, _ in told), has_down)
    return Migration(tuple(name for name, _ in told), all(is_back for _, is_back in told))


def methods(lines: list[str]) -> dict[str, list[str]]:
    """Return the lines of each method, by its name."""
    found: dict[str, list[str]] = {}
    name, depth = "", 0
    for line in lines:
        begun = re.match(r"\s*def\s+(?:self\.)?(\w+)", line)
        if not name and begun:
            if re.search(r"\bend\s*$", line) or "=" in line:
                found[begun[1]] = []
                continue
            name, depth = begun[1], 1
            found[name] = []
            continue
        if name:
            depth += len(re.findall(OPENS, line)) - len(re.findall(CLOSES, line))
            if depth <= 0:
                name = ""
            else:
                found[name].append(line)
    return found


def done(lines: list[str], literals: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield each operation, and whether Rails can take it back by itself."""
    # How deep we are in a block that says nothing more: of a table that is made, or of a way down.
    skipped = 0
    table = ""
    for line in joined(lines):
        deeper = len(OPENS.findall(line)) - len(CLOSES.findall(line))
        begun = re.match(r"\s*change_table\b.*\|\s*(\w+)\s*\|", line)
        if skipped or re.match(r"\s*\w+\.down\b", line):
            skipped = max(0, skipped + deeper)
        elif begun:
            table = begun[1]
        else:
            yield from stated(line, literals, table)
            if re.match(r"\s*create_(?:join_)?table\b", line):
                skipped = max(0, deeper)


def joined(lines: list[str]) -> Iterator[str]:
    """Yield statements: a line that ends in a comma goes on in the next."""
    held = ""
    for line in lines:
        held = f"{held} {line.strip()}" if held else line
        if not held.rstrip().endswith((",", "(")):
            yield held
            held = ""
    if held:
        yield held


def stated(line: str, literals: list[str], table: str) -> Iterator[tuple[str, bool]]:
    """Yield what one statement does."""
    called = re.match(r"\s*(?:safety_assured\s*\{\s*|up_only\s*\{\s*)?(\w+)(?:[\s(]|$)", line)
    name = called[1] if called else ""
    of_table = re.match(rf"\s*{table}\.(\w+)", line) if table else None
    if of_table:
        name = OF_TABLE.get(of_table[1], "")
        yield (name or needed(line)), True
    elif name in ("add_column", "add_reference", "add_belongs_to", "add_columns"):
        yield needed(line), True
    elif name == "change_column_null":
        yield ("allow_null" if re.search(r"\btrue\b", line) else "set_not_null"), True
    elif name == "change_column_default":
        yield "set_default", "from:" in line
    elif name in ("execute", "exec_query", "exec_update"):
        said = re.search(r'"(\d+)"', line)
        for one in operations(literals[int(said[1])]) if said else [UNREAD]:
            yield one, False
    elif NAMED.get(name):
        yield NAMED[name], is_reversible(name, line)
    elif wrote := WRITES.search(line):
        yield next(key for key, value in wrote.groupdict().items() if value), False


def needed(line: str) -> str:
    """Name the adding of a column."""
    is_needed = re.search(r"\bnull(?::|\s*=>)\s*false\b", line)
    return column(is_nullable=not is_needed or bool(re.search(r"\bdefault(?::|\s*=>)", line)))


def is_reversible(name: str, line: str) -> bool:
    """Tell whether Rails knows the way back of an operation out of its arguments."""
    if name in ("change_column", "remove_columns"):
        return False
    if name == "remove_column":
        return len(line.split(",")) >= 3
    if name in ("drop_table", "drop_join_table"):
        return bool(re.search(r"\bdo\b|\{", line))
    return True
