"""The systemd unit and the container file: they name what is there, and parse."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.command_line import drumbeat

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "deploy" / "drumbeat.service"
CONTAINER = ROOT / "deploy" / "Containerfile"
KNOWN = {
    "FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL",
    "HEALTHCHECK", "ENTRYPOINT", "CMD",
}  # fmt: skip


def unit():
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read(UNIT)
    return read


def instructions():
    """Return the instructions of the container file, continued lines put together."""
    text = re.sub(r"^#.*\n", "", CONTAINER.read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [line.split(" ", 1) for line in lines if line.strip()]


def refused(words):
    """Return what the command line says of a command that names no configuration."""
    assert words[0].endswith("drumbeat")
    return CliRunner().invoke(drumbeat, [*words[1:], "--config", "no-such-file.yaml"])


def test_the_unit_runs_a_command_that_exists():
    found = refused(shlex.split(unit()["Service"]["ExecStart"]))

    # Its options are known: what is missing is the file alone.
    assert "no-such-file.yaml" in f"{found.output}{found.exception}"
    assert "No such option" not in found.output


def test_the_unit_waits_longer_than_the_parts_take_to_end():
    from pipelines.supervising import ENDING_SECONDS

    assert int(unit()["Service"]["TimeoutStopSec"]) > ENDING_SECONDS
    assert unit()["Service"]["KillMode"] == "mixed"


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text())
    (tmp_path / UNIT.name).write_text(text.replace("User=drumbeat", "User=root"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / UNIT.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    about = [line for line in checked.stderr.splitlines() if UNIT.name in line]
    assert about == []


def test_the_container_file_parses_and_copies_what_is_there():
    found = instructions()

    assert {name for name, _ in found} <= KNOWN
    assert found[0][0] == "FROM"
    for name, words in found:
        if name == "COPY" and not words.startswith("--from"):
            *sources, _ = words.split()
            assert all((ROOT / source).exists() for source in sources), words
    kept = (ROOT / "deploy" / "Containerfile.containerignore").read_text().splitlines()
    copied = {
        source
        for name, words in found
        if name == "COPY" and not words.startswith("--from")
        for source in words.split()[:-1]
    }
    assert {line[1:] for line in kept if line.startswith("!")} == copied


def test_the_container_copies_every_package_of_ours():
    text = CONTAINER.read_text()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "tests"}

    assert packages
    assert all(f"COPY {package} {package}" in text for package in packages)


def test_the_container_runs_a_command_that_exists_as_nobody_in_particular():
    last = dict(instructions())
    words = [*eval(last["ENTRYPOINT"])[2:], *eval(last["CMD"])]

    assert "No such option" not in refused(words).output
    assert last["USER"] == "drumbeat"
    assert "0.0.0.0" in words


def test_the_page_on_running_names_every_part_and_file():
    page = (ROOT / "docs" / "operations.md").read_text()

    for word in ("deploy/drumbeat.service", "deploy/Containerfile", "--receiver-port", "8501",
                 "8503", "3000", "data/landing", "drumbeat rebuild"):  # fmt: skip
        assert word in page
