"""What titles and bodies refer to; the bodies themselves are dropped."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from connectors.mentions import unmentioned

# Begins only where a word does and never tries a shorter one: long texts take no longer than that.
ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
# A long body is read so far; what a person means to be found stands near the top.
LONGEST = 20_000
MOST = 50
SHA = r"(?<![\w/.-])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}(?![\w-])"
VERSION = r"(?<![\w.])v?\d+\.\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.]+)?(?![\w])"
NUMBER = r"(?<![\w&])[#!]\d+\b"
URL = r"https?://[^\s<>\"'()\[\]]+"
MENTIONS = re.compile(f"{URL}|{NUMBER}|{VERSION}|{SHA}", re.IGNORECASE)
# A login before the host, and the pages of persons: /@ann, /users/ann, github.com/ann.
PERSONAL = re.compile(
    r"https?://(?:[^/]*@|[^/]+/(?:[@~]|(?:-/)?(?:u|users?|people|profiles?)/)"
    r"|(?:www\.)?git(?:hub|lab)\.[^/]+/[\w.-]+/?$)",
    re.IGNORECASE,
)
REVERTED_SHA = re.compile(r"This reverts commit ([0-9a-f]{7,40})\b")
REVERTED_NUMBER = re.compile(
    r"^[ \t]*Reverts (?:[\w./-]+)?[#!](\d+)\b|^This reverts merge request (?:[\w./-]+)?!(\d+)\b",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class References:
    """What a text names: shas, versions, numbers and URLs; what it says that it takes back."""

    mentions: tuple[str, ...]
    reverts: tuple[str, ...]
    reverts_numbers: tuple[str, ...]


def references(title: str | None, body: str | None) -> References:
    """Return what a title and a body refer to, each once, in order."""
    text = f"{title or ''}\n{body or ''}"[:LONGEST]
    named = (found[0].rstrip(".,;:!?") for found in MENTIONS.finditer(text))
    shas = (found[1].lower() for found in REVERTED_SHA.finditer(text))
    numbers = (found[1] or found[2] for found in REVERTED_NUMBER.finditer(text))
    safe = (word for word in named if not PERSONAL.match(word))
    return References(once(safe), once(shas), once(numbers))


def once(words: Iterable[str]) -> tuple[str, ...]:
    """Return distinct words in order, the first few."""
    return tuple(dict.fromkeys(words))[:MOST]


def masked(text: str | None) -> str | None:
    """Return a text without e-mail addresses, on one line."""
    return " ".join(ADDRESS.sub("***", text).split()) if text else None


def titled(text: str | None) -> str | None:
    """Return a title without e-mail addresses and without whom it mentions, on one line."""
    return unmentioned(masked(text))
