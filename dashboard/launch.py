"""How the dashboard is started: the command and the environment of its process."""

import ipaddress
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SIGN_IN = "DRUMBEAT_SIGN_IN"
SECRETS = ("client_id", "client_secret", "cookie_secret", "metadata_url", "redirect_url")


class RefusedError(Exception):
    """The dashboard would be open to whoever reaches it, and nobody has said that it may be."""


def command(
    port: int = 8501, *, headless: bool = False, address: str = "localhost", secrets: str = ""
) -> list[str]:
    """Return the command that serves the dashboard; it may be run from any folder.

    Theme and server settings stand in ``.streamlit/config.toml`` beside the main script.
    """
    found = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(HERE / "app.py"),
        f"--server.port={port}",
        f"--server.address={address}",
        f"--server.headless={str(headless).lower()}",
    ]
    return [*found, f"--secrets.files={secrets}"] if secrets else found


def environment(data_dir: Path) -> dict[str, str]:
    """Return the environment in which the dashboard finds its data and its own packages."""
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "DRUMBEAT_DATA_DIR": str(data_dir.resolve()),
        "PYTHONPATH": os.pathsep.join(paths),
    }


def refuse_open(address: str, *, has_sign_in: bool, is_open: bool) -> None:
    """Raise where others than this machine could read the pages without signing in."""
    if not (has_sign_in or is_open or is_here(address)):
        raise RefusedError(
            f"--host {address} would let whoever reaches it read the pages; configure "
            "`dashboard.sign_in`, or say --open if that is meant"
        )


def is_here(address: str) -> bool:
    """Tell whether only this machine can reach an address."""
    try:
        return address.lower() == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def without_secrets(told: Mapping[str, Any]) -> str:
    """Return the rules of sign-in as JSON, for the pages."""
    return json.dumps({name: told[name] for name in ("domains", "groups", "groups_claim")})


def secrets_file(told: Mapping[str, Any], folder: Path) -> str:
    """Write what Streamlit wants to know of the provider; return the path of the file.

    Streamlit reads it from a file alone; this one only its owner can read.
    """
    names = {"metadata_url": "server_metadata_url", "redirect_url": "redirect_uri"}
    lines = [f"{names.get(name, name)} = {json.dumps(told[name])}" for name in SECRETS]
    path = folder.resolve() / "sign-in.toml"
    path.unlink(missing_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write("\n".join(["[auth]", *lines, ""]))
    return str(path)
