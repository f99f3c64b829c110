"""Keeps persons out of titles: who is mentioned with an @ is masked as an e-mail address is."""

import re

import polars as pl

MASK = "***"
# An @ inside a word pins a version, and one before a slash is a package or a team of a host.
MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9][\w.-]*+(?![/@])")
# The same for an engine that can not look around; what stands beside it is put back.
BESIDE = r"(^|[^\w@])@[A-Za-z0-9][\w.-]*([^\w./@-]|$)"
PUT_BACK = f"${{1}}{MASK}${{2}}"


def unmentioned(text: str | None) -> str | None:
    """Return a text that mentions nobody."""
    return MENTION.sub(MASK, text) if text and "@" in text else text


def unmentioned_in(texts: pl.Expr) -> pl.Expr:
    """Return a column of texts that mention nobody."""
    # Of two that stand side by side the first takes the blank between, so it needs a second look.
    once = texts.str.replace_all(BESIDE, PUT_BACK)
    return once.str.replace_all(BESIDE, PUT_BACK)
