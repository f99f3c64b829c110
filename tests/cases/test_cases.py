"""Small tables in, small tables out: every folder beside this file is a case of one rule."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests import support
from tests.cases import building
from tests.cases.case import Case

FOLDER = Path(__file__).parent
README = FOLDER / "README.md"
FOLDERS = sorted(path.parent for path in FOLDER.rglob("case.yaml"))
KINDS = {f"peers/{name}" for name in re.findall(r"`peers/([^`]+)`", README.read_text())}


def sampled(folder: Path) -> Any:
    """Leave to a whole run what other tools count but a case of each kind.

    What they count is also held against their words, with random organisations.
    """
    name = str(folder.relative_to(FOLDER))
    is_left = name.startswith("peers/") and name not in KINDS
    return pytest.param(folder, id=name, marks=[pytest.mark.slow] * is_left)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with building.warehouse() as con:
        yield con


@pytest.mark.parametrize("folder", [sampled(folder) for folder in FOLDERS])
def test_a_case_comes_out_as_its_tables_say(folder, warehouse, tmp_path):
    case = Case(folder)
    if overrides := case.told.get("overrides"):
        (tmp_path / "overrides.yaml").write_text(yaml.safe_dump(overrides))
    found = support.project(tmp_path, **case.told.get("settings", {}))

    building.make(warehouse, folder, found.configuration, case.as_of, case.tables)

    for table in case.expected:
        case.check(table, case.found(warehouse, table))


# What each question may be answered by; the rest its rule never says.
ANSWERS = {
    1: {"yes", "no", "unknown", "stale"},
    2: {"yes", "no", "unknown", "stale"},
    3: {"yes", "no", "claimed", "unknown", "stale"},
    4: {"claimed", "unknown", "stale"},
    5: {"yes", "no"},
    6: {"yes", "no", "unknown"},
    7: {"yes", "no", "unknown", "stale"},
}


def test_every_answer_that_a_question_may_have_is_in_a_case():
    table, found = "marts.architecture_questions", defaultdict(set)
    for folder in FOLDER.glob("questions/*"):
        case = Case(folder)
        _, rows = case.wanted(table)
        asked = str(case.told.get("where", {}).get(table, "")).removeprefix("number = ")
        for row in rows:
            found[int(row.get("number") or asked)].add(row["state"])

    assert found == ANSWERS
