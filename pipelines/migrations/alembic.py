"""Alembic's migrations: the operations that `upgrade` calls, by name."""

import ast
from collections.abc import Iterator

from pipelines.migrations import python
from pipelines.migrations.told import Migration
from sql.statements import UNREAD, column, operations

NAMED = {
    "create_table": "add_table", "create_index": "add_index", "drop_table": "drop_table",
    "drop_column": "drop_column", "drop_index": "drop_index", "rename_table": "rename_table",
    "drop_constraint": "drop_constraint", "create_unique_constraint": "add_constraint",
    "create_foreign_key": "add_constraint", "create_check_constraint": "add_constraint",
    "create_primary_key": "add_constraint", "create_exclude_constraint": "add_constraint",
    "bulk_insert": "insert", "create_table_comment": "", "drop_table_comment": "",
    "f": "", "get_bind": "", "get_context": "", "inline_literal": "", "batch_alter_table": "",
}  # fmt: skip
DIRECTIONS = ("upgrade", "downgrade")


def migration(text: str) -> Migration | None:
    """Return what a revision does; null where the file has no `upgrade`."""
    tree = python.parsed(text)
    if tree is None:
        return Migration((UNREAD,))
    functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    if "upgrade" not in functions:
        return None
    down = functions.get("downgrade")
    told = tuple(done(functions, functions["upgrade"], set()))
    return Migration(told, down is not None and not python.does_nothing(down.body))


def done(
    functions: dict[str, ast.FunctionDef], one: ast.FunctionDef, entered: set[str]
) -> Iterator[str]:
    """Yield what a function does, with what the file's own functions do that it calls."""
    entered.add(one.name)
    owners = {"op", *batches(one)}
    for call in python.calls(one.body):
        name = python.called(call)
        if python.owner(call) in owners:
            yield from operation(call, name, is_batch=python.owner(call) != "op")
        elif name == "execute":
            yield from executed(call)
        elif isinstance(call.func, ast.Name) and name in functions and name not in entered:
            yield from done(functions, functions[name], entered)


def batches(one: ast.FunctionDef) -> Iterator[str]:
    """Yield the names that `with op.batch_alter_table(...) as name` gives."""
    for node in ast.walk(one):
        if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            call = node.context_expr
            if isinstance(call, ast.Call) and python.called(call) == "batch_alter_table":
                yield node.optional_vars.id


def operation(call: ast.Call, name: str, *, is_batch: bool) -> Iterator[str]:
    """Yield what one operation does."""
    if name == "execute":
        yield from executed(call)
    elif name == "add_column":
        added = python.argument(call, "column", 0 if is_batch else 1)
        yield column(is_nullable=not isinstance(added, ast.Call) or is_nullable(added))
    elif name == "alter_column":
        yield from altered(call)
    elif NAMED.get(name, UNREAD):
        yield NAMED.get(name, UNREAD)


def executed(call: ast.Call) -> Iterator[str]:
    """Yield what SQL does that is handed over as a constant."""
    said = python.text(python.argument(call, "sqltext", 0))
    yield from operations(said) if said is not None else [UNREAD]


def is_nullable(added: ast.Call) -> bool:
    """Tell whether rows may be written without the column."""
    is_filled = any(
        python.argument(added, name) is not None for name in ("server_default", "identity")
    )
    is_key = python.constant(python.argument(added, "primary_key")) is True
    is_needed = is_key or python.constant(python.argument(added, "nullable")) is False
    return is_filled or not is_needed


def altered(call: ast.Call) -> Iterator[str]:
    """Yield what becomes of a column."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "new_column_name" in given:
        yield "rename_column"
    if "type_" in given:
        yield "change_type"
    if "nullable" in given:
        yield "allow_null" if python.constant(given["nullable"]) is True else "set_not_null"
    if "server_default" in given:
        is_dropped = python.constant(given["server_default"]) in (None, False) and isinstance(
            given["server_default"], ast.Constant
        )
        yield "drop_default" if is_dropped else "set_default"
