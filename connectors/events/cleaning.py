"""Keeps out of records what must not be there: e-mail addresses, secrets, texts, sheer size."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

LONGEST = 1000
LONGEST_ID = 200
MASK = "***"
# Also as URLs write them. Nothing is tried twice from the middle of a word, so hostile texts
# cost no more than honest ones.
LOCAL = r"\w.+'\"\[\]-"
ADDRESS = re.compile(rf"(?<![{LOCAL}])[{LOCAL}]*+(?:@|%40)[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{{2,}}")
UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
LOGIN = re.compile(r"^(https?://)[^/?#]*@", re.IGNORECASE)
SECRET = re.compile(r"token|secret|passw|authoriz|credential|api_?key|signature|cookie", re.I)
QUERY = re.compile(rf"([?&][^=&#]*(?:{SECRET.pattern}|sig|key)[^=&#]*=)[^&#]*", re.I)
PROSE = frozenset({
    "body", "comment", "comments", "content_text", "description", "details", "diff_hunk", "errors",
    "markdown", "message", "note", "notes", "text",
})  # fmt: skip


def clean(text: str) -> str:
    """Return a text on one line, without addresses, no longer than what is worth keeping."""
    line = UNSAFE.sub(" ", text[: LONGEST + 500])
    if "@" in line or "%40" in line:
        line = ADDRESS.sub(MASK, line)
    return line.strip()[:LONGEST]


def key(text: str) -> str:
    """Return an id as it is, or a digest of one that must not be kept so."""
    kept = len(text) <= LONGEST_ID and clean(text) == text
    return text if kept else sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def link(text: str) -> str | None:
    """Return an address of the web without logins and secrets; null for any other."""
    line = QUERY.sub(rf"\1{MASK}", LOGIN.sub(r"\1", text[: LONGEST + 500].strip()))
    return clean(line) if re.match(r"https?://", line, re.IGNORECASE) else None


def login(name: str | None) -> str | None:
    """Return the name of an account; null where it is an address."""
    return None if name is None or "@" in name or "%40" in name else clean(name) or None


def raw(body: Any) -> str:
    """Return JSON of a body that is not understood: its shape, without prose and secrets."""
    return json.dumps(Sketch().of(body), sort_keys=True, separators=(",", ":"))


@dataclass(slots=True)
class Sketch:
    """Copies a body as far as ``nodes`` and ``depth`` go."""

    nodes: int = 500

    def of(self, value: Any, depth: int = 6) -> Any:
        """Return a value cut to size; what is left out is told by the mask."""
        self.nodes -= 1
        if isinstance(value, str):
            found = link(value) if value[:4].lower() == "http" else clean(value)
            return (found or "")[:200]
        if isinstance(value, bool | int | float) or value is None:
            return value if not isinstance(value, float) or abs(value) < 1e300 else None
        if depth == 0 or self.nodes <= 0:
            return MASK
        if isinstance(value, Mapping):
            names = sorted(name for name in value if isinstance(name, str))[:100]
            return {clean(name)[:100]: self.named(name, value[name], depth) for name in names}
        return (
            [self.of(item, depth - 1) for item in value[:20]] if isinstance(value, list) else MASK
        )

    def named(self, name: str, value: Any, depth: int) -> Any:
        """Return the value of a field, unless its name says that it is not to be kept."""
        if isinstance(value, str) and (SECRET.search(name) or name.lower() in PROSE):
            return MASK
        return self.of(value, depth - 1)
