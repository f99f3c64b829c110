"""Every rule has a case of each kind: the table in README.md names them."""

from pathlib import Path

from sql.tools import TOOLS
from tests.cases.case import COMPARED, Case

FOLDER = Path(__file__).parent
KINDS = ["none", "one", "boundary", "tie", "late correction", "time zone"]
RULES = {
    "frequency", "lead time", "stability", "links", "stages", "waits", "attribution", "scopes",
    "uncertainty", "flags", "overrides", "cadence", "bands", "spread of lead time", "working clock",
    "warnings",
}  # fmt: skip


def table() -> tuple[list[str], dict[str, list[str]]]:
    """Return the kinds, and for each rule or tool the folders that the table names."""
    lines = (FOLDER / "README.md").read_text().splitlines()
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    start = next(number for number, row in enumerate(rows) if row[0] == "rule")
    end = next((n for n, row in enumerate(rows) if n > start and len(row) == 1), len(rows))
    return rows[start][1:], {row[0]: row[1:] for row in rows[start + 2 : end]}


def test_every_rule_and_tool_has_a_case_of_each_kind():
    kinds, named = table()

    assert kinds == KINDS
    assert named.keys() == RULES | TOOLS.keys()
    for rule, folders in named.items():
        assert len(set(folders)) == len(KINDS), rule
        for folder in folders:
            assert (FOLDER / folder / "case.yaml").is_file(), f"{rule}: no case {folder}"
            if rule in TOOLS:
                _, told = Case(FOLDER / folder).wanted(COMPARED)
                assert rule in {row["tool"] for row in told}, f"{folder} says nothing of {rule}"


def rows(folder: Path) -> dict[str, str]:
    """Return the tables of a case, by name."""
    return {path.name: path.read_text() for path in folder.glob("*.csv")}


def test_what_comes_late_is_looked_at_once_more():
    late = sorted(FOLDER.glob("*/*-came"))

    assert late
    for came in late:
        assert rows(came) == rows(came.with_name(came.name.removesuffix("-came"))), came
