"""Serve the dashboard: ``python -m dashboard [DATA_DIR] [--port N] [--host H] [--headless]``."""

import argparse
import json
import os
from pathlib import Path

from dashboard import launch


def main() -> None:
    """Become the server's process, so that whoever stops this one stops the server."""
    parser = argparse.ArgumentParser(prog="python -m dashboard")
    parser.add_argument("data_dir", nargs="?", type=Path, default=Path("data"))
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--host", default="localhost", help="address to listen on")
    parser.add_argument("--open", action="store_true", help="whoever reaches it may read it")
    parser.add_argument("--headless", action="store_true", help="open no browser")
    asked = parser.parse_args()
    told = json.loads(os.environ.get(launch.SIGN_IN) or "null")
    try:
        launch.refuse_open(asked.host, has_sign_in=told is not None, is_open=asked.open)
    except launch.RefusedError as error:
        parser.exit(1, f"drumbeat: {error}\n")
    environment, secrets = launch.environment(asked.data_dir), ""
    if told is not None:
        secrets = launch.secrets_file(told, asked.data_dir)
        environment[launch.SIGN_IN] = launch.without_secrets(told)
    command = launch.command(
        asked.port, headless=asked.headless, address=asked.host, secrets=secrets
    )
    os.execve(command[0], command, environment)


if __name__ == "__main__":
    main()
