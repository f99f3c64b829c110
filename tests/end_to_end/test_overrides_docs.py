"""What docs/overrides.md shows of a week in the demo is what happens."""

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from tests.end_to_end.conftest import ROOT, parts, run_here, spoken

PAGE = (ROOT / "docs" / "overrides.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|text)\n(.*?)```", PAGE, re.DOTALL)
# Commands and what they show.
SHOWN = [
    (commands, said)
    for (kind, commands), (other, said) in pairwise(BLOCKS)
    if (kind, other) == ("sh", "text")
]
BUILDS = "drumbeat demo --no-dashboard\n"


@pytest.fixture(scope="module")
def folder(demo, tmp_path_factory):
    """A folder in which the demo has been built."""
    folder = tmp_path_factory.mktemp("overridden")
    shutil.copytree(demo, folder / "data")
    return folder


def told(folder, commands):
    """Return what commands print; all but our own are done by a shell."""
    lines = [
        spoken(part, cwd=folder) if is_ours else shell(folder, part)
        for is_ours, part in parts(commands)
    ]
    return "".join(lines)


def shell(folder, script):
    words = ["sh", "-e", "-c", script]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout


def plain(text):
    """Return lines without blanks at their ends, and without the ids of definitions."""
    return [re.sub(r"@[0-9a-f]{8}", "", line.rstrip()) for line in text.strip().splitlines()]


def test_every_output_of_the_page_is_what_its_commands_show(folder):
    assert len(SHOWN) == 4

    for commands, said in SHOWN:
        assert plain(told(folder, commands.replace(BUILDS, ""))) == plain(said)


def test_the_page_tells_what_a_broken_file_is_answered(folder, tmp_path):
    shutil.copytree(folder / "data", tmp_path / "data")
    written = "- incident: inc-shipping-43\n  unlink: shipping-347\n  on: 2026-11-23\n"
    (tmp_path / "data" / "overrides.yaml").write_text(written)

    found = run_here("refresh", cwd=tmp_path)

    assert found.returncode == 1
    assert found.stderr.replace(f"{Path(tmp_path).resolve()}/", "") in PAGE
