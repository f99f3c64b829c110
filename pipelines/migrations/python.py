"""Reading Python without running it: calls, their names and their constant arguments."""

import ast
from collections.abc import Iterator


def parsed(text: str) -> ast.Module | None:
    """Return the syntax tree of a file, null where it has none."""
    try:
        return ast.parse(text.lstrip("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def calls(nodes: list[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls of statements in the order in which they are written, outermost first."""
    waiting: list[ast.AST] = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        waiting += reversed(list(ast.iter_child_nodes(node)))


def owner(call: ast.Call) -> str:
    """Name what a method is called on, empty where that has no name."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id
    return ""


def called(call: ast.Call) -> str:
    """Name what is called, without what it is called on."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def argument(call: ast.Call, name: str, place: int = -1) -> ast.expr | None:
    """Return an argument by its name, else by its place."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if 0 <= place < len(call.args) else None


def constant(node: ast.expr | None) -> object:
    """Return the value of a constant, null for anything else."""
    return node.value if isinstance(node, ast.Constant) else None


def text(node: ast.expr | None) -> str | None:
    """Return the constant text of an expression or of `text(...)`; null for anything else."""
    if isinstance(node, ast.Call) and called(node) in ("text", "DDL") and node.args:
        node = node.args[0]
    if isinstance(node, ast.List | ast.Tuple):
        parts = [text(part) for part in node.elts]
        return None if None in parts else ";".join(part or "" for part in parts)
    found = constant(node)
    return found if isinstance(found, str) else None


def does_nothing(body: list[ast.stmt]) -> bool:
    """Tell whether a function only passes, documents itself or refuses."""
    return all(
        isinstance(one, ast.Pass | ast.Raise)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in body
    )
