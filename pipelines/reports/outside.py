"""Makes text from outside harmless before it is told; each form escapes it once more."""

import re
import unicodedata
from typing import Any

# Marks that turn the direction of the text around them, so that it reads as something else.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Colours and cursor movements of terminals; without its first sign the rest would stay as litter.
TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)")
# A cell that begins so is a formula to a spreadsheet that a table is pasted into.
FORMULA = tuple("=+-@")


def plain(text: str) -> str:
    """Drop control characters and marks that turn the direction, and begin no formula."""
    line = " ".join(TERMINAL.sub("", text).split())
    kept = "".join(sign for sign in line if not _is_control(sign))
    return f"'{kept}" if kept.startswith(FORMULA) else kept


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """Make all text of a row plain."""
    return {name: plain(value) if isinstance(value, str) else value for name, value in row.items()}


def short(text: str, length: int) -> str:
    """Cut a text that is too long for its place."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _is_control(sign: str) -> bool:
    return sign in TURNING or unicodedata.category(sign) in ("Cc", "Cs")
