"""What the page on deployment architecture says of each question: all five columns, and models."""

import re
from pathlib import Path

from sql.models import models

DOC = (Path(__file__).parents[1] / "docs" / "deployment-architecture.md").read_text("utf-8")
HEADS = ("question", "evidence", "rule", "cannot see")


def rows():
    """Yield the cells of each row of the tables that open with a question."""
    is_inside = False
    for line in DOC.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not line.startswith("|"):
            is_inside = False
        elif tuple(cell.strip("| ") for cell in cells[:4]) == HEADS:
            is_inside = True
        elif is_inside and not line.startswith("| ---"):
            yield [cell.strip("| ") for cell in line.split(" | ")]


def test_each_question_has_evidence_a_rule_a_limit_and_a_source():
    found = list(rows())

    assert len(found) > 35
    assert [cells for cells in found if len(cells) != 5 or not all(cells)] == []
    assert [cells[0] for cells in found if "?" not in cells[0]] == []


def test_every_table_that_is_named_is_there():
    named = set(re.findall(r"`((?:marts|facts|seeds)\.[a-z_]+)", DOC))

    assert len(named) > 30
    assert named <= {f"{model.layer}.{model.name}" for model in models()}
