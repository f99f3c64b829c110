"""What analysts are given beside the tables: macros, and worked questions to begin with."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
ARGUMENTS = " arguments:"


@dataclass(frozen=True, slots=True)
class Macro:
    """A question with blanks, asked as ``from name(...)``; its text is one query."""

    name: str
    summary: str
    arguments: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A worked question: what it asks, what to know about the answer, and the query."""

    name: str
    title: str
    note: str
    text: str


@cache
def macros() -> tuple[Macro, ...]:
    """Return every macro of ``sql/macros``, by name."""
    return tuple(macro(file) for file in sorted((FOLDER / "macros").glob("*.sql")))


@cache
def questions() -> tuple[Question, ...]:
    """Return every question of ``sql/adhoc``, by name."""
    return tuple(question(file) for file in sorted((FOLDER / "adhoc").glob("*.sql")))


def macro(file: Path) -> Macro:
    """Read one macro; its header names the arguments."""
    header, body = parted(file)
    place = next(n for n, line in enumerate(header) if line.startswith(ARGUMENTS))
    names = header[place].removeprefix(ARGUMENTS).split(",")
    summary = " ".join(line.strip() for line in header[:place]).strip()
    return Macro(file.stem, summary, tuple(name.strip() for name in names), body)


def question(file: Path) -> Question:
    """Read one question; the first line of its header asks it, the others explain."""
    header, body = parted(file)
    title, *more = (line.strip() for line in header)
    return Question(file.stem, title, " ".join(more).strip(), body)


def parted(file: Path) -> tuple[list[str], str]:
    """Return the lines of a file's header, and the query below it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    end = next(n for n, line in enumerate(lines) if not line.startswith("--"))
    return [line.removeprefix("--") for line in lines[:end]], "\n".join(lines[end:]).strip()
