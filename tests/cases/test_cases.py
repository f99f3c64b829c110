"""Small tables in, small tables out: every folder beside this file is a case of one rule."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from tests import support
from tests.cases import building
from tests.cases.case import Case

FOLDER = Path(__file__).parent
FOLDERS = sorted(path.parent for path in FOLDER.rglob("case.yaml"))


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with building.warehouse() as con:
        yield con


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(FOLDER)))
def test_a_case_comes_out_as_its_tables_say(folder, warehouse, tmp_path):
    case = Case(folder)
    if overrides := case.told.get("overrides"):
        (tmp_path / "overrides.yaml").write_text(yaml.safe_dump(overrides))
    found = support.project(tmp_path, **case.told.get("settings", {}))

    building.make(warehouse, folder, found.configuration, case.as_of, case.tables)

    for table in case.expected:
        case.check(table, case.found(warehouse, table))
