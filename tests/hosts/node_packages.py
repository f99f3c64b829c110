"""Packages of Node for tests, installed once into pytest's cache; tests skip where that fails."""

import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest


def installed(config: pytest.Config, *packages: str) -> Path:
    """Return the ``node_modules`` that has ``packages`` (name@version), or skip the test."""

    def install(folder: Path) -> None:
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        npm(folder, "install", *options, *packages)

    return kept(config, " ".join(packages), install) / "node_modules"


def one_file(config: pytest.Config, package: str, path: str) -> Path:
    """Return one file of a package that is too large to be installed, or skip the test."""

    def unpack(folder: Path) -> None:
        npm(folder, "pack", "--silent", "--pack-destination", str(folder), package)
        (archive,) = folder.glob("*.tgz")
        with tarfile.open(archive) as told, (folder / Path(path).name).open("wb") as file:
            found = told.extractfile(f"package/{path}")
            assert found
            shutil.copyfileobj(found, file)
        archive.unlink()

    return kept(config, package, unpack) / Path(path).name


def kept(config: pytest.Config, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of pytest's cache, made where it is not there yet."""
    cache = getattr(config, "cache", None)
    beside = Path(cache.mkdir("node")) if cache else Path(tempfile.gettempdir()) / "drumbeat-node"
    folder = beside / re.sub(r"[^\w.]+", "-", name).strip("-")
    if not folder.exists():
        beside.mkdir(parents=True, exist_ok=True)
        # Made beside its place and then moved there, so that what is there is whole.
        partial = Path(tempfile.mkdtemp(prefix="partial-", dir=beside))
        make(partial)
        try:
            partial.rename(folder)
        except OSError:
            # Another run was faster.
            shutil.rmtree(partial, ignore_errors=True)
    return folder


def npm(folder: Path, *words: str) -> None:
    """Let npm do something for a folder, or skip the test with what it said."""
    program = shutil.which("npm")
    if not program:
        pytest.skip("npm is not installed")
    try:
        told = subprocess.run([program, *words], capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"npm took too long to {words[0]} {words[-1]}")
    if told.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"npm could not {words[0]} {words[-1]}: {told.stderr[-200:].strip()}")
