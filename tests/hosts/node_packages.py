"""Packages of Node for tests, installed once into pytest's cache; tests skip where that fails."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def installed(config: pytest.Config, *packages: str) -> Path:
    """Return the ``node_modules`` that has ``packages`` (name@version), or skip the test."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("npm is not installed")
    cache = getattr(config, "cache", None)
    beside = Path(cache.mkdir("node")) if cache else Path(tempfile.gettempdir()) / "drumbeat-node"
    folder = beside / re.sub(r"[^\w.]+", "-", " ".join(packages)).strip("-")
    if not folder.exists():
        beside.mkdir(parents=True, exist_ok=True)
        # Made beside its place and then moved there, so that what is there is whole.
        partial = Path(tempfile.mkdtemp(prefix="partial-", dir=beside))
        install(npm, partial, packages)
        try:
            partial.rename(folder)
        except OSError:
            # Another run was faster.
            shutil.rmtree(partial, ignore_errors=True)
    return folder / "node_modules"


def install(npm: str, folder: Path, packages: tuple[str, ...]) -> None:
    """Install into a folder, or skip the test with what npm said."""
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    command += ["--prefix", str(folder), *packages]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"npm took too long to install {' '.join(packages)}")
    if told.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"npm could not install {' '.join(packages)}: {told.stderr[-200:].strip()}")
