"""Liquibase's change logs in XML, YAML and JSON: the changes of each change set, by name."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import yaml

from pipelines.migrations.told import Migration
from sql.statements import UNREAD, column, operations

NAMED = {
    "createTable": "add_table", "createIndex": "add_index", "createView": "add_view",
    "createSequence": "add_object", "dropTable": "drop_table", "dropColumn": "drop_column",
    "dropIndex": "drop_index", "dropView": "drop_view", "dropSequence": "drop_object",
    "dropAllForeignKeyConstraints": "drop_constraint",
    "dropForeignKeyConstraint": "drop_constraint",
    "dropPrimaryKey": "drop_constraint", "dropUniqueConstraint": "drop_constraint",
    "dropCheckConstraint": "drop_constraint", "dropProcedure": "drop_object",
    "dropTrigger": "drop_object", "dropFunction": "drop_object", "renameTable": "rename_table",
    "renameColumn": "rename_column", "renameView": "rename_table",
    "renameSequence": "rename_table", "modifyDataType": "change_type",
    "addNotNullConstraint": "set_not_null", "dropNotNullConstraint": "allow_null",
    "addDefaultValue": "set_default", "dropDefaultValue": "drop_default",
    "addForeignKeyConstraint": "add_constraint", "addUniqueConstraint": "add_constraint",
    "addPrimaryKey": "add_constraint", "addCheckConstraint": "add_constraint",
    "addAutoIncrement": "change_type", "addLookupTable": "add_table", "mergeColumns": "drop_column",
    "insert": "insert", "loadData": "insert", "loadUpdateData": "update", "update": "update",
    "delete": "delete", "setTableRemarks": "", "setColumnRemarks": "", "tagDatabase": "",
    "output": "", "empty": "", "comment": "", "preConditions": "", "validCheckSum": "",
    "rollback": "", "property": "", "alterSequence": "",
}  # fmt: skip
# What Liquibase takes back by itself.
REVERSIBLE = {
    "createTable", "createIndex", "createView", "createSequence", "addColumn", "addDefaultValue",
    "addForeignKeyConstraint", "addUniqueConstraint", "addPrimaryKey", "addCheckConstraint",
    "addNotNullConstraint", "dropNotNullConstraint", "renameTable", "renameColumn", "renameView",
    "renameSequence", "addLookupTable", "setTableRemarks", "setColumnRemarks", "tagDatabase",
    "comment", "preConditions", "validCheckSum", "empty", "output", "addAutoIncrement",
}  # fmt: skip
MOST_CHANGES = 5_000
Change = tuple[str, Any]


def migration(path: str, text: str) -> Migration | None:
    """Return what a change log does; null where the file is none."""
    is_xml, is_json = path.endswith(".xml"), path.endswith(".json")
    sets = of_xml(text) if is_xml else of_data(text, is_json=is_json)
    if sets is None:
        return None if "databaseChangeLog" not in text else Migration((UNREAD,))
    told = tuple(name for changes in sets for change in changes for name in operation(change))
    return Migration(told[:MOST_CHANGES], all(map(is_reversible, sets)))


def of_xml(text: str) -> list[list[Change]] | None:
    """Return the changes of each change set; a file that declares entities is not read."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    if local(root.tag) != "databaseChangeLog":
        return None
    sets = (one for one in root if local(one.tag) == "changeSet")
    return [[(local(change.tag), change) for change in one] for one in sets]


def local(tag: object) -> str:
    """Return the name of an element without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def of_data(text: str, *, is_json: bool) -> list[list[Change]] | None:
    """Return the changes of each change set of YAML or JSON."""
    if not is_json and "&" in text and "*" in text:
        # Aliases may make a small file endless.
        return None
    try:
        found = json.loads(text) if is_json else yaml.load(text, Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError, RecursionError, MemoryError):
        return None
    log = found.get("databaseChangeLog") if isinstance(found, dict) else None
    if not isinstance(log, list):
        return None
    sets = [one["changeSet"] for one in log if isinstance(one, dict) and "changeSet" in one]
    return [list(listed(one)) for one in sets if isinstance(one, dict)]


def listed(change_set: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a change set of YAML or JSON."""
    changes = change_set.get("changes")
    for one in changes if isinstance(changes, list) else []:
        if isinstance(one, dict):
            yield from ((str(name), told) for name, told in one.items())
    if "rollback" in change_set:
        yield "rollback", change_set["rollback"]


def operation(change: Change) -> Iterator[str]:
    """Yield what one change does."""
    name, told = change
    if name == "addColumn":
        yield from (column(is_nullable=is_nullable(one)) for one in columns(told))
    elif name == "sql":
        said = told.text if isinstance(told, ElementTree.Element) else told
        said = said.get("sql") if isinstance(said, dict) else said
        yield from operations(said) if isinstance(said, str) else [UNREAD]
    elif NAMED.get(name, UNREAD):
        yield NAMED.get(name, UNREAD)


def columns(told: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the attributes and constraints of the columns that are added."""
    if isinstance(told, ElementTree.Element):
        for one in told:
            if local(one.tag) == "column":
                inner = {local(each.tag): dict(each.attrib) for each in one}
                yield {**one.attrib, **inner}
        return
    listed = told.get("columns") if isinstance(told, dict) else None
    for each in listed if isinstance(listed, list) else []:
        found = each.get("column") if isinstance(each, dict) else None
        if isinstance(found, dict):
            yield found


def is_nullable(column: Mapping[str, Any]) -> bool:
    """Tell whether rows may be written without the column."""
    constraints = column.get("constraints")
    constraints = constraints if isinstance(constraints, Mapping) else {}
    is_needed = str(constraints.get("nullable", "true")).lower() == "false"
    is_filled = any(name.startswith(("defaultValue", "autoIncrement")) for name in column)
    return is_filled or not is_needed


def is_reversible(changes: list[Change]) -> bool:
    """Tell whether a change set has a way back, its own or Liquibase's."""
    names = {name for name, _ in changes}
    return "rollback" in names or names <= REVERSIBLE
