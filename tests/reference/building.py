"""Runs the real pipeline over a random organisation, and keeps what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.project import Project
from tests.cases import building
from tests.reference.organisation import Organisation
from tests.support import contents, organisation, project

# When something was collected, and how much of it there is, is no matter of event time.
ABOUT_COLLECTING = ("facts.cut", "marts.sources")

Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Held:
    """An organisation, where it was built, and what came of it."""

    organisation: Organisation
    project: Project
    everything: Tables

    @property
    def tables(self) -> Tables:
        """What came of it but for what is about collecting."""
        return {
            name: rows for name, rows in self.everything.items() if name not in ABOUT_COLLECTING
        }


def built(folder: Path, one: Organisation) -> duckdb.DuckDBPyConnection:
    """Build and publish it in a folder; return what readers see."""
    overrule(folder, one)
    return organisation(folder, as_of=one.as_of, **one.tables, **one.settings())


def made(
    con: duckdb.DuckDBPyConnection, folder: Path, one: Organisation, wanted: Iterable[str]
) -> duckdb.DuckDBPyConnection:
    """Make but the wanted tables of it, in a warehouse in memory."""
    overrule(folder, one)
    return building.tell(con, folder, wanted, as_of=one.as_of, **one.tables, **one.settings())


def overrule(folder: Path, one: Organisation) -> None:
    """Write down what people say, beside where the configuration is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overrides.yaml").write_text(yaml.safe_dump(list(one.overrides)))


def kept(folder: Path, one: Organisation) -> Held:
    """Build it, and keep everything."""
    with built(folder, one) as con:
        everything = contents(con)
    return Held(one, project(folder, **one.settings()), everything)


def held(folder: Path, one: Organisation) -> Tables:
    """Build it, and return what came of it but for what is about collecting."""
    return kept(folder, one).tables
