"""Serve the dashboard: ``python -m dashboard [DATA_DIR] [--port N] [--host H] [--headless]``."""

import argparse
import os
from pathlib import Path

from dashboard import launch


def main() -> None:
    """Become the server's process, so that whoever stops this one stops the server."""
    parser = argparse.ArgumentParser(prog="python -m dashboard")
    parser.add_argument("data_dir", nargs="?", type=Path, default=Path("data"))
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--host", default="localhost", help="address to listen on")
    parser.add_argument("--headless", action="store_true", help="open no browser")
    asked = parser.parse_args()
    command = launch.command(asked.port, headless=asked.headless, address=asked.host)
    os.execve(command[0], command, launch.environment(asked.data_dir))


if __name__ == "__main__":
    main()
