"""What docs/overrides.md shows of a week in the demo is what happens."""

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.end_to_end.conftest import ROOT, run

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
    """A folder in which the demo has been built, and a `drumbeat` to call."""
    folder = tmp_path_factory.mktemp("overridden")
    shutil.copytree(demo, folder / "data")
    (folder / "bin").mkdir()
    called = folder / "bin" / "drumbeat"
    called.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W error -m pipelines "$@"\n')
    called.chmod(0o755)
    return folder


def shell(folder, commands):
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def plain(text):
    """Return lines without blanks at their ends, and without the ids of definitions."""
    return [re.sub(r"@[0-9a-f]{8}", "", line.rstrip()) for line in text.strip().splitlines()]


def test_every_output_of_the_page_is_what_its_commands_show(folder):
    assert len(SHOWN) == 4

    for commands, said in SHOWN:
        assert plain(shell(folder, commands.replace(BUILDS, ""))) == plain(said)


def test_the_page_tells_what_a_broken_file_is_answered(folder, tmp_path):
    shutil.copytree(folder / "data", tmp_path / "data")
    written = "- incident: inc-shipping-43\n  unlink: shipping-347\n  on: 2026-11-23\n"
    (tmp_path / "data" / "overrides.yaml").write_text(written)

    found = run("refresh", cwd=tmp_path)

    assert found.returncode == 1
    assert found.stderr.replace(f"{Path(tmp_path).resolve()}/", "") in PAGE
