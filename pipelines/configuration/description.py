"""The schema as JSON, for editors, for documentation and for saying what would be right."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.configuration.environment import Path
from pipelines.configuration.schema import Configuration

Node = dict[str, Any]
# A mapping with this has the keys of another one, which are described there.
SAME_AS = "x-same-as"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the file; lists have ``[]`` in the key, kinds of source their kind."""

    key: str
    type: str
    default: str
    meaning: str


@cache
def _whole() -> Node:
    made = Configuration.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def json_schema() -> str:
    """Give the JSON Schema of ``drumbeat.yaml``, as text."""
    return json.dumps(_whole(), indent=2, ensure_ascii=False) + "\n"


def settings() -> list[Setting]:
    """List every setting there is, in the order of the schema."""
    return list(_settings(_whole(), ""))


def row(setting: Setting) -> str:
    """Write a setting as a row of a Markdown table: key, type, default, meaning."""
    default = f"`{setting.default}`" if setting.default not in {"", "required"} else setting.default
    meaning = setting.meaning.replace("*", "\\*")
    cells = (f"`{setting.key}`", setting.type, default, meaning)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def expected(path: Path) -> str:
    """Say what would be right at a path; a path that leads nowhere wants a setting."""
    return phrase(at(path)[0])


def keys(path: Path) -> list[str]:
    """List the keys known in the mapping at a path."""
    return list(_mapping(at(path)[0]).get("properties", {}))


def at(path: Path) -> tuple[Node, Path]:
    """Give the schema at a path, and the path as people know it, without kinds of unions."""
    node, plain = _whole(), []
    for step in path:
        node = _resolved(node)
        if "discriminator" in node:
            node = _resolved({"$ref": node["discriminator"]["mapping"].get(step, "#/$defs/None")})
            continue
        plain.append(step)
        inner = _sequence(node).get("items") if isinstance(step, int) else None
        node = inner or _mapping(node).get("properties", {}).get(step, {})
    return _resolved(node), tuple(plain)


def phrase(node: Node) -> str:
    """Put a schema into words."""
    node = _resolved(node)
    if "discriminator" in node:
        return "a source with a `kind` of " + ", ".join(node["discriminator"]["mapping"])
    if "anyOf" in node:
        said = [phrase(choice) for choice in node["anyOf"] if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(said))
    if "enum" in node:
        return "one of " + ", ".join(map(str, node["enum"]))
    if "const" in node:
        return str(node["const"])
    if node.get("type") in {"integer", "number"}:
        return _number(node)
    if node.get("type") == "array":
        return _array(node)
    if "additionalProperties" in node and "properties" not in node:
        return "a mapping of names to texts"
    if SAME_AS in node:
        return f"a mapping with any of the keys of {node[SAME_AS]}"
    if node.get("type") == "object":
        return "a mapping with " + ", ".join(node.get("properties", {}))
    if node.get("type") == "boolean":
        return "true or false"
    return _text(node)


def _number(node: Node) -> str:
    said = "a whole number" if node["type"] == "integer" else "a number"
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f"{said} from {low:g} to {high:g}"
    if low is not None and "exclusiveMaximum" in node:
        return f"{said} from {low:g} to below {node['exclusiveMaximum']:g}"
    if low is not None:
        return f"{said}, {low:g} or more"
    return f"{said} above {node['exclusiveMinimum']:g}" if "exclusiveMinimum" in node else said


def _array(node: Node) -> str:
    items = _resolved(node.get("items", {}))
    if "enum" in items:
        return "a list of any of " + ", ".join(map(str, items["enum"]))
    if "discriminator" in items:
        return "a list of sources"
    return "a list of mappings" if items.get("type") == "object" else "a list of texts"


def _text(node: Node) -> str:
    if node.get("format") == "date":
        return "a date such as 2025-01-31"
    if node.get("format") == "path":
        return "a path"
    if "pattern" in node:
        return "small letters, digits, '.', '-' and '_', beginning with a letter or digit"
    return "text"


def _settings(node: Node, prefix: str) -> Iterator[Setting]:
    node = _resolved(node)
    required = node.get("required", [])
    for key, inner in node.get("properties", {}).items():
        default = "required" if key in required else _default(inner)
        meaning = _resolved(inner).get("description", "")
        yield Setting(f"{prefix}{key}", phrase(inner), default, meaning)
        if SAME_AS not in _resolved(inner):
            yield from _settings(_mapping(_resolved(inner)), f"{prefix}{key}.")
        items = _resolved(_sequence(_resolved(inner)).get("items", {}))
        for kind, reference in items.get("discriminator", {}).get("mapping", {}).items():
            yield from _settings({"$ref": reference}, f"{prefix}{key}[{kind}].")
        if "discriminator" not in items:
            yield from _settings(items, f"{prefix}{key}[].")


def _default(node: Node) -> str:
    value = node.get("default")
    if value is None or value in ("", [], {}) or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else f"{value}".removesuffix(".0")


def _resolved(node: Node) -> Node:
    if "$ref" not in node:
        return node
    name = node["$ref"].rsplit("/", 1)[-1]
    rest = {key: value for key, value in node.items() if key != "$ref"}
    return {**_whole()["$defs"].get(name, {}), **rest}


def _choice(node: Node, kind: str) -> Node:
    choices = [_resolved(choice) for choice in node.get("anyOf", [node])]
    return next((choice for choice in choices if choice.get("type") == kind), {})


def _mapping(node: Node) -> Node:
    return _choice(node, "object")


def _sequence(node: Node) -> Node:
    return _choice(node, "array")
