"""Reads the SQL files: what a model is, what it documents and what it is made from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from itertools import takewhile
from pathlib import Path

LAYERS = ("seeds", "staging", "facts", "marts")
FOLDER = Path(__file__).parent
COLUMN_LINE = re.compile(r"^ {2}(\w+)\s{2,}(\S.*)$")
MIDDLE = re.compile(r"(^|_)(median|mean|p\d\d|usual)(_|$)")
MEDIAN = re.compile(r"\bmedian\b", re.IGNORECASE)
READ = re.compile(r"\b(?:from|join)\s+(\w+)\.(\w+)", re.IGNORECASE)
COMMENT = re.compile(r"--.*$", re.MULTILINE)
WARNING = "Can't be added up or averaged over rows; the macro metric tells it of any days."


class ModelError(Exception):
    """A SQL file is not what a model has to be; the message names the file."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the model's header describes it."""

    name: str
    description: str

    @property
    def comment(self) -> str:
        """The description, with a warning where adding up or averaging it tells a lie."""
        is_middle = MIDDLE.search(self.name) or MEDIAN.search(self.description)
        return f"{self.description} {WARNING}" if is_middle else self.description


@dataclass(frozen=True, slots=True)
class Model:
    """One SQL file: the table it makes, what the header says, and its text."""

    layer: str
    name: str
    summary: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    text: str

    @property
    def table(self) -> str:
        """The table's full name, such as ``marts.metrics``."""
        return f"{self.layer}.{self.name}"


@cache
def models() -> tuple[Model, ...]:
    """Return every model, in the order of their table names."""
    files = [file for layer in LAYERS for file in sorted((FOLDER / layer).glob("*.sql"))]
    return tuple(read(file) for file in files)


@cache
def peers() -> tuple[Model, ...]:
    """Return the models of other tools' definitions; the layer of each is the tool."""
    return tuple(read(file) for file in sorted((FOLDER / "peers").glob("*/*.sql")))


def model(table: str) -> Model:
    """Return the model of ``table``, named with its layer or without."""
    found = [one for one in models() if table in (one.table, one.name)]
    if len(found) != 1:
        raise ModelError(f"{len(found)} models are called {table!r}; name it as layer.table")
    return found[0]


def read(file: Path) -> Model:
    """Read one model from its file; the header feeds descriptions and column comments."""
    text = file.read_text(encoding="utf-8")
    top = takewhile(lambda line: line.startswith("--"), text.splitlines())
    header = [line.removeprefix("--").rstrip() for line in top]
    if not any(line.startswith(" grain:") for line in header):
        raise ModelError(f"{file.name}: the header has no line '-- grain: ...'")
    cut = next(i for i, line in enumerate(header) if line.startswith(" grain:"))
    grain = tuple(word.strip() for word in header[cut].removeprefix(" grain:").split(","))
    summary = " ".join(line.strip() for line in header[:cut]).strip()
    return Model(file.parent.name, file.stem, summary, grain, columns(header[cut + 1 :]), text)


def columns(lines: list[str]) -> tuple[Column, ...]:
    """Read the column lines of a header; a line indented further goes on with the one above."""
    found: list[Column] = []
    for line in lines:
        if match := COLUMN_LINE.match(line.removeprefix(" ")):
            found.append(Column(match[1], match[2]))
        elif found and line.strip():
            last = found.pop()
            found.append(Column(last.name, f"{last.description} {line.strip()}"))
    return tuple(found)


@cache
def upstream(one: Model) -> tuple[str, ...]:
    """Return the tables that the model reads, such as ``facts.changes``, sorted."""
    # A parser finds the same, in a second for all models; a test holds that.
    return tuple(sorted({".".join(found) for found in READ.findall(COMMENT.sub("", one.text))}))


@cache
def in_order() -> Mapping[str, Model]:
    """Return every model by its table, in an order in which what it reads comes first."""
    found = {one.table: one for one in models()}
    graph = {
        table: [name for name in upstream(one) if name in found] for table, one in found.items()
    }
    return {table: found[table] for table in TopologicalSorter(graph).static_order()}


def over(one: Model, **replacements: str) -> str:
    """Return the model's query with other tables in place of the named ones.

    ``over(model("metrics"), facts__periods="chosen")`` reads ``chosen`` where the file says
    ``facts.periods``: so a number for any window is made by the very SQL that makes the marts.
    """
    # It takes a while to load, and only those who ask for their own days need it.
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(one.text, read="duckdb")
    for table in list(tree.find_all(exp.Table)):
        other = replacements.get(f"{table.db}__{table.name}")
        if other:
            alias = table.alias_or_name
            table.replace(exp.alias_(exp.to_table(other), alias, table=True))
    return tree.sql(dialect="duckdb")
