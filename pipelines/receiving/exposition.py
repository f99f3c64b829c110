"""Writes metrics as text for Prometheus: families of samples, with labels escaped."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]
Sample = tuple[Labels, float]


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one name."""

    name: str
    help: str
    samples: tuple[Sample, ...]
    type: str = "gauge"

    def lines(self) -> Iterator[str]:
        """Yield the family as the format has it; nothing where it has no samples."""
        if self.samples:
            yield f"# HELP {self.name} {escaped(self.help)}"
            yield f"# TYPE {self.name} {self.type}"
        for labels, value in self.samples:
            told = ",".join(f'{name}="{quoted(text)}"' for name, text in labels.items() if text)
            yield f"{self.name}{{{told}}} {value!r}" if told else f"{self.name} {value!r}"


def text(families: Iterable[Family]) -> bytes:
    """Write families one after the other."""
    return "".join(f"{line}\n" for family in families for line in family.lines()).encode()


def escaped(said: str) -> str:
    """Escape what stands on a line of help."""
    return said.replace("\\", r"\\").replace("\n", r"\n")


def quoted(said: str) -> str:
    """Escape what stands between quotes."""
    return escaped(said).replace('"', r"\"")


def family(name: str, said: str, rows: Iterable[tuple[Labels, Any]], **settings: str) -> Family:
    """Make a family of the rows whose value is known."""
    known = tuple((labels, float(value)) for labels, value in rows if value is not None)
    return Family(name, said, known, **settings)
