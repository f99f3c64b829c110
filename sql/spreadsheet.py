"""Text that a spreadsheet shows and never runs."""

import re

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def harmless(cell: str | None) -> str | None:
    """Prefix a text that a spreadsheet would take for a formula; plain numbers stay as they are."""
    if cell is None or not cell.startswith(RISKY) or NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
