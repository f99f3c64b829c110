"""What the README shows is what happens: numbers of a clone, checked with git alone."""

import json
import os
import random
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from tests.end_to_end.conftest import run_here

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WEEKS = ("2025-W24", "2025-W26", "2025-W28", "2025-W30")


def git(clone, *words, at=None):
    stamp = {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat()} if at else {}
    who = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "Dev One"), ("EMAIL", "someone@example.invalid"))
    }
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(
        ["git", "-C", str(clone), *words],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **plain, **who, **stamp},
    ).stdout


def write(clone, name, text, at):
    with (clone / name).open("a", encoding="utf-8") as opened:
        opened.write(f"{text}\n")
    git(clone, "add", ".", at=at)
    git(clone, "commit", "--quiet", "--message", text, at=at)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a clone of 80 commits: merged branches, reverts, releases, patch releases."""
    clone = tmp_path_factory.mktemp("code") / "shop"
    clone.mkdir()
    git(clone, "init", "--quiet", "--initial-branch", "main")
    chance, at, version = random.Random(3), datetime(2025, 6, 2, 9, tzinfo=UTC), [1, 0, 0]
    for number in range(80):
        at += timedelta(hours=chance.choice([3, 7, 20, 30]))
        if number % 17 == 9:
            git(clone, "checkout", "--quiet", "-b", "feature", at=at)
            write(clone, "feature.txt", f"Feature {number}", at)
            at += timedelta(hours=5)
            git(clone, "checkout", "--quiet", "main", at=at)
            merge = ("merge", "--quiet", "--no-ff", "--message", f"Merge {number}", "feature")
            git(clone, *merge, at=at)
            git(clone, "branch", "--quiet", "--delete", "feature")
        elif number % 23 == 5:
            git(clone, "revert", "--no-edit", "HEAD", at=at)
        else:
            write(clone, "main.txt", f"Change {number}", at)
        if number % 6 == 5:
            at += timedelta(hours=1)
            version = [1, version[1] + 1, 0]
            words = ["--annotate", "--message", "release"] if number % 4 == 1 else []
            git(clone, "tag", *words, "v{}.{}.{}".format(*version), at=at)
    return clone


@pytest.fixture(scope="module")
def data(clone, tmp_path_factory):
    folder = tmp_path_factory.mktemp("try")
    drumbeat(folder, "try", str(clone), "--no-dashboard")
    return folder


def drumbeat(folder, *words):
    made = run_here(*words, cwd=folder)
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.mark.parametrize("week", WEEKS)
def test_git_log_and_git_tag_name_the_commits_and_the_hours_of_a_week(clone, data, week):
    told = json.loads(drumbeat(data, "explain", "change_lead_time", "--week", week, "--json"))

    tags = git(clone, "tag", "--sort=creatordate").split()
    monday = datetime.fromisoformat(f"{week}-1").replace(tzinfo=UTC)
    expected = []
    for place, tag in enumerate(tags[1:], start=1):
        at = git(clone, "for-each-ref", "--format=%(creatordate:iso-strict)", f"refs/tags/{tag}")
        released = datetime.fromisoformat(at.strip())
        if monday <= released < monday + timedelta(weeks=1):
            log = ("log", "--no-merges", "--format=%h %aI", "--abbrev=12", tag, "--not")
            for line in git(clone, *log, *tags[:place]).splitlines():
                sha, authored = line.split()
                hours = (released - datetime.fromisoformat(authored)) / timedelta(hours=1)
                expected.append((f"shop@{tag}", sha, round(hours, 2)))
    found = [(row["deployment"], row["change"], row["lead_hours"]) for row in told["rows"]]
    assert expected
    assert sorted(found) == sorted(expected)
    assert told["number"]["n"] == len(expected)
    hours = [hours for _, _, hours in expected]
    assert told["number"]["value"] == pytest.approx(median(hours), abs=0.01)


def test_the_readme_shows_the_real_answer_of_explain(data):
    command = re.search(r"^drumbeat (explain .*)$", README, re.MULTILINE)[1]

    assert drumbeat(data, *command.split()).strip() in README


def test_the_readme_shows_the_real_metrics_of_the_demo(demo):
    command = re.search(r"^drumbeat (metrics .*)$", README, re.MULTILINE)[1]

    told = drumbeat(demo.parent, *command.split())

    assert told.strip() in README
