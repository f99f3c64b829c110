"""Globs as regular expressions that RE2 (so DuckDB and polars) and Python read alike."""

import re
from collections.abc import Iterable

NOTHING = r"[^\s\S]"
"""A pattern that no text matches, for an empty list of globs."""

PRE_RELEASE = (
    r"(?i)(?:\d[-._]?"
    r"(?:rc|cr|alpha|beta|dev|preview|pre|snapshot|canary|nightly|next|unstable)[-._]?\d*"
    r"|\.\d+[-._]?[abcm][-._]?\d+)"
    r"(?:[-._+].*)?$"
)
"""Finds the names of pre-releases: 1.0-rc.1, 1.0rc1, v2.0.0-beta, 1.0.dev3, 1.0b2, 5.0-M1."""

_SPECIAL = set("\\.+*?()|[]{}^$")


def name_pattern(globs: Iterable[str]) -> str:
    """Match whole names in any case; ``*`` is any text, ``?`` one character, the rest itself.

    For bots, environments, branches, labels and titles. Brackets mean themselves: ``*[bot]``.
    """
    choices = [_translated(glob, any_text=".*", any_character=".") for glob in globs]
    return f"(?is)^(?:{'|'.join(choices)})$" if choices else NOTHING


def bot_pattern(globs: Iterable[str]) -> str:
    """Match the names of bots among authors."""
    return name_pattern(globs)


def tag_pattern(globs: Iterable[str]) -> str:
    """Match whole tag names, case counting; ``*`` stops at ``/``, ``[0-9]`` is one of a set.

    So ``v*`` does not claim the ``v2/v1.0.0`` of a monorepo. Git forbids brackets in tag names.
    """
    choices = [_tag(glob) for glob in globs]
    return f"^(?:{'|'.join(choices)})$" if choices else NOTHING


def glob_pattern(glob: str) -> str:
    """Match paths in a repository; ``*`` and ``?`` stop at ``/``, ``**`` is any depth.

    A last part without wildcards also names a folder and so all that lies in it.
    """
    parts = [part for part in glob.removeprefix("./").strip("/").split("/") if part]
    if glob.endswith("/"):
        parts.append("**")
    pattern = "".join(_part(part, is_last=part_ends) for part, part_ends in _with_end(parts))
    plain_end = bool(parts) and not set(parts[-1]) & {"*", "?"}
    return f"(?s)^{pattern}{'(?:/.*)?' if plain_end else ''}$"


def owner_pattern(glob: str) -> str:
    """Match paths as a line of CODEOWNERS does, which reads patterns as gitignore does.

    A slash at the beginning or inside ties it to the root; what a name is, all inside it is.
    """
    parts = [part for part in glob.split("/") if part]
    if not parts:
        return NOTHING
    if glob.endswith("/"):
        parts.append("**")
    lead = "" if "/" in glob.rstrip("/") else "(?:.*/)?"
    pattern = "".join(_part(part, is_last=part_ends) for part, part_ends in _with_end(parts))
    return f"(?s)^{lead}{pattern}{'' if set(parts[-1]) == {'*'} else '(?:/.*)?'}$"


def _with_end(parts: list[str]) -> list[tuple[str, bool]]:
    return [(part, index == len(parts) - 1) for index, part in enumerate(parts)]


def _part(part: str, *, is_last: bool) -> str:
    if part == "**":
        return ".*" if is_last else "(?:.*/)?"
    text = _translated(part, any_text="[^/]*", any_character="[^/]")
    return text if is_last else f"{text}/"


def _tag(glob: str) -> str:
    pieces = re.split(r"(\[[^\]]+\]|\*\*)", glob)
    return "".join(_tag_piece(piece) for piece in pieces)


def _tag_piece(piece: str) -> str:
    if piece == "**":
        return ".*"
    if re.fullmatch(r"\[[^\]]+\]", piece):
        inside = re.sub(r"([\\^&~|\[])", r"\\\1", piece[1:-1].removeprefix("!"))
        return f"[{'^' if piece.startswith('[!') else ''}{inside}]"
    return _translated(piece, any_text="[^/]*", any_character="[^/]")


def _translated(glob: str, *, any_text: str, any_character: str) -> str:
    # re.escape would also escape blanks and dashes, which RE2 refuses to know outside of sets.
    wild = {"*": any_text, "?": any_character}
    runs = re.sub(r"\*+", "*", glob)
    return "".join(wild.get(sign) or (f"\\{sign}" if sign in _SPECIAL else sign) for sign in runs)
