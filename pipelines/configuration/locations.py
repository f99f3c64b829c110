"""Where sources lie: paths beside the configuration file, URLs, and the names derived from them."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pipelines.configuration.environment import REFERENCE

SECRET_WORDS = ("token", "password", "passwd", "secret", "api_key", "apikey", "access_key")
TOKEN = re.compile(r"(gh[a-z]_|github_pat_|gl[a-z]+-|xox|ATBB|ATCTT)\w+|[\w.~+/=-]{20,}")


def is_remote(location: str) -> bool:
    """Tell a URL, or ssh's ``user@host:path``, from a path on this machine."""
    return "://" in location or bool(re.match(r"[\w.-]+@[^/:]+:", location))


def beside(folder: str | None, location: str) -> str:
    """Resolve a relative path against the configuration file's folder."""
    if folder is None or is_remote(location):
        return location
    return str((Path(folder) / location).resolve())


def last_part(location: str) -> str:
    """Name a repository or folder by the last part of its location, without ``.git``."""
    if is_remote(location):
        location = re.split(r"[?#]", location, maxsplit=1)[0].replace(":", "/")
    parts = [part for part in location.split("/") if part not in {"", ".git"}]
    return parts[-1].removesuffix(".git") if parts else ""


def source_name(source: Mapping[str, Any]) -> str:
    """Name a source that was given no name, so that a folder can be called so."""
    if name := source.get("name"):
        return str(name)
    kind = source.get("kind")
    location = source.get("repository") or source.get("location") or ""
    by_kind = {
        "git": last_part(str(location)),
        "files": PurePosixPath(str(source.get("path"))).name,
    }
    cleaned = re.sub(r"[^a-z0-9._-]+", "-", by_kind.get(str(kind), str(kind)).lower())
    return cleaned.strip("-._") or str(kind)


def written_out_secret(location: str) -> str | None:
    """Say which secret stands in the location itself instead of in the environment, if one does."""
    bare = REFERENCE.sub(lambda found: found[0][1:] if found[1] else "", location)
    if "://" not in bare:
        return None
    try:
        parts = urlsplit(bare)
        user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    except ValueError:
        return None
    if password:
        return "password"
    if user and parts.scheme in {"http", "https"} and TOKEN.fullmatch(user):
        return "token"
    named = (key for key, value in parse_qsl(parts.query) if value)
    return "token" if any(word in key.lower() for key in named for word in SECRET_WORDS) else None
