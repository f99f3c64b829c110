"""Follows CONTRIBUTING.md word for word, in a copy of the packages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def drumbeat(folder, line):
    words = line.removeprefix("drumbeat ")
    return subprocess.run(
        f"{sys.executable} -m pipelines {words}",
        shell=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def follow(folder, text):
    """Do what each block says, in order; return what the commands printed."""
    told = []
    for kind, name, body in BLOCK.findall(text):
        if kind == "diff":
            subprocess.run(["git", "apply", "-"], cwd=folder, input=body, check=True, text=True)
        elif name == "run":
            told += [drumbeat(folder, line) for line in body.splitlines()]
        else:
            (folder / name).write_text(body, encoding="utf-8")
    return told


@pytest.mark.slow
def test_following_it_word_for_word_adds_a_model_and_a_connector(tmp_path):
    for package in ("connectors", "sql", "pipelines", "dashboard"):
        shutil.copytree(ROOT / package, tmp_path / package)

    told = follow(tmp_path, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))

    assert re.search(r"checkout +1 +\d+", told[1])
    assert re.search(r"shop +deployment frequency +0.2 a week +2", told[-1])
