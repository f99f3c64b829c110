"""What a package URL says of an artifact: the version, or the commit that it was built of."""

import re
from urllib.parse import parse_qsl, unquote

LONGEST = 2000
SHA = re.compile(r"[0-9a-f]{40}|(?=\d*[a-f])[0-9a-f]{7,39}")


def sha(text: str | None) -> str | None:
    """Return a text that is a commit's sha, in lower case; null for any other."""
    found = (text or "").strip().lower()
    return found if SHA.fullmatch(found) else None


def artifact(text: str | None) -> dict[str, str]:
    """Return ``version`` and ``sha`` as far as a package URL tells them.

    An image has a digest where others have a version; its tag, if told, is the better name.
    """
    if not text or text[:4].lower() != "pkg:":
        return {}
    path, _, query = text[:LONGEST].partition("#")[0].partition("?")
    told = dict(parse_qsl(query))
    version = unquote(path.rpartition("@")[2]) if "@" in path else ""
    built_of = sha(told.get("vcs_url", "").rpartition("@")[2]) or sha(version)
    name = told.get("tag") or ("" if sha(version) else version)
    return {key: value for key, value in (("version", name), ("sha", built_of)) if value}
