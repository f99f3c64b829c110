"""Django's migrations: the operations in the list of the class, by name."""

import ast
from collections.abc import Iterator

from pipelines.migrations import python
from pipelines.migrations.told import Migration
from sql.statements import UNREAD, column, operations

NAMED = {
    "CreateModel": "add_table", "AddIndex": "add_index", "AddIndexConcurrently": "add_index",
    "DeleteModel": "drop_table", "RemoveField": "drop_column", "RemoveIndex": "drop_index",
    "RemoveIndexConcurrently": "drop_index", "RenameModel": "rename_table",
    "RenameField": "rename_column", "RenameIndex": "rename_index",
    "AlterModelTable": "rename_table",
    # The file does not say what the field was before.
    "AlterField": "change_type",
    "AddConstraint": "add_constraint", "AddConstraintNotValid": "add_constraint",
    "RemoveConstraint": "drop_constraint", "AlterUniqueTogether": "add_constraint",
    "AlterOrderWithRespectTo": "add_column", "AlterIndexTogether": "add_index",
    "AlterModelOptions": "", "AlterModelManagers": "", "AlterModelTableComment": "",
    "AlterConstraint": "", "ValidateConstraint": "", "RunPython": "run_code",
    "CreateExtension": "add_object", "CreateCollation": "add_object",
    "RemoveCollation": "drop_object",
}  # fmt: skip


def migration(text: str) -> Migration | None:
    """Return what a migration does; null where the file has none."""
    tree = python.parsed(text)
    if tree is None:
        return Migration((UNREAD,))
    found = next(filter(None, map(listed, tree.body)), None)
    if found is None:
        return None
    if not isinstance(found, ast.List | ast.Tuple):
        return Migration((UNREAD,))
    told = tuple(name for one in found.elts for name in operation(one))
    return Migration(told, all(is_reversible(one) for one in found.elts))


def listed(statement: ast.stmt) -> ast.expr | None:
    """Return the value of `operations` where the statement is the class of a migration."""
    if not isinstance(statement, ast.ClassDef) or statement.name != "Migration":
        return None
    for one in statement.body:
        targets = one.targets if isinstance(one, ast.Assign) else []
        targets = [one.target] if isinstance(one, ast.AnnAssign) else targets
        value = one.value if isinstance(one, ast.Assign | ast.AnnAssign) else None
        if any(isinstance(each, ast.Name) and each.id == "operations" for each in targets):
            return value
    # One that only merges two others changes nothing.
    return ast.List([], ast.Load())


def operation(node: ast.expr) -> Iterator[str]:
    """Yield what one operation does."""
    name = python.called(node) if isinstance(node, ast.Call) else ""
    if not isinstance(node, ast.Call):
        yield UNREAD
    elif name == "AddField":
        yield added(python.argument(node, "field", 2))
    elif name == "RunSQL":
        said = python.text(python.argument(node, "sql", 0))
        yield from operations(said) if said is not None else [UNREAD]
    elif name == "SeparateDatabaseAndState":
        inner = python.argument(node, "database_operations", 0)
        for one in inner.elts if isinstance(inner, ast.List | ast.Tuple) else []:
            yield from operation(one)
    elif NAMED.get(name, UNREAD):
        yield NAMED.get(name, UNREAD)


def added(field: ast.expr | None) -> str:
    """Name the adding of a field.

    Django fills what is there with `default` and takes it from the column again, so code that
    does not know the field can write no more; only `db_default` stays.
    """
    if not isinstance(field, ast.Call) or python.called(field) == "ManyToManyField":
        return "add_column"
    is_null = python.constant(python.argument(field, "null")) is True
    return column(is_nullable=is_null or python.argument(field, "db_default") is not None)


def is_reversible(node: ast.expr) -> bool:
    """Tell whether Django can take an operation back."""
    name = python.called(node) if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Call) and name == "RunPython":
        return python.argument(node, "reverse_code", 1) is not None
    if isinstance(node, ast.Call) and name == "RunSQL":
        return python.argument(node, "reverse_sql", 1) is not None
    if isinstance(node, ast.Call) and name == "SeparateDatabaseAndState":
        inner = python.argument(node, "database_operations", 0)
        found = inner.elts if isinstance(inner, ast.List | ast.Tuple) else []
        return all(map(is_reversible, found))
    return name in NAMED or name == "AddField"
