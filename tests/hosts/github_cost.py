"""What a GraphQL query costs at GitHub: the nodes it may give and the points it is billed."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode


def cost(
    document: DocumentNode, variables: Mapping[str, Any], operation: str | None = None
) -> tuple[int, int]:
    """Return (points, nodes) of a query, by the rule that GitHub documents.

    A connection is asked once for each node above it, and gives at most ``first`` nodes each
    time; a point is a hundred such requests, and every query costs one at least.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    operations = [
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    ]
    chosen = next((one for one in operations if one.name and one.name.value == operation), None)
    told = {**defaults(chosen or operations[0]), **variables}
    pairs = list(walk(chosen or operations[0], fragments, told, 1))
    requests, nodes = sum(above for above, _ in pairs), sum(below for _, below in pairs)
    return max(1, round(requests / 100)), nodes


def defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """Return the default values of an operation's whole-number variables."""
    found = operation.variable_definitions or ()
    return {
        one.variable.name.value: int(one.default_value.value)
        for one in found
        if one.default_value is not None and one.default_value.kind == "int_value"
    }


def walk(
    node: Any, fragments: Mapping[str, Any], variables: Mapping[str, Any], above: int
) -> Iterator[tuple[int, int]]:
    """Yield (times asked, nodes given at most) of each connection below a node."""
    for chosen in node.selection_set.selections if node.selection_set else ():
        if not isinstance(chosen, FieldNode):
            inside = fragments[chosen.name.value] if chosen.kind == "fragment_spread" else chosen
            yield from walk(inside, fragments, variables, above)
            continue
        size = asked(chosen, variables)
        if size is not None:
            yield above, above * size
        yield from walk(chosen, fragments, variables, above * (size if size is not None else 1))


def asked(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    """Return the size of the page that a field asks for; null where it is no connection."""
    for argument in field.arguments:
        value = argument.value
        if argument.name.value in ("first", "last"):
            told = variables.get(value.name.value) if value.kind == "variable" else value.value
            return int(told) if told is not None else None
        if argument.name.value == "ids":
            told = variables.get(value.name.value) if value.kind == "variable" else value.values
            return len(told or ())
    return None
