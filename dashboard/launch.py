"""How the dashboard is started: the command and the environment of its process."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def command(port: int = 8501, *, headless: bool = False, address: str = "localhost") -> list[str]:
    """Return the command that serves the dashboard; it may be run from any folder.

    Theme and server settings stand in ``.streamlit/config.toml`` beside the main script.
    """
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(HERE / "app.py"),
        f"--server.port={port}",
        f"--server.address={address}",
        f"--server.headless={str(headless).lower()}",
    ]


def environment(data_dir: Path) -> dict[str, str]:
    """Return the environment in which the dashboard finds its data and its own packages."""
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "DRUMBEAT_DATA_DIR": str(data_dir.resolve()),
        "PYTHONPATH": os.pathsep.join(paths),
    }
