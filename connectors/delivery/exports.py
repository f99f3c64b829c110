"""Reads objects of a cluster out of files that `kubectl get -o yaml` or `-o json` wrote."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from connectors.delivery.kinds import Body, Kind
from connectors.errors import SourceMisconfigured

SUFFIXES: Final = (".json", ".yaml", ".yml")
LARGEST: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Exports:
    """The files of one folder, or one file."""

    path: Path

    @property
    def name(self) -> str:
        """Return the name of the folder."""
        return self.path.name

    def close(self) -> None:
        """Hold nothing."""

    def now(self) -> datetime:
        """Return when the newest file was written."""
        times = [file.stat().st_mtime for file in self.files()]
        return datetime.fromtimestamp(max(times), UTC) if times else datetime.now(UTC)

    def files(self) -> list[Path]:
        """Return the files, in the order of their names."""
        if self.path.is_file():
            return [self.path]
        if not self.path.is_dir():
            raise SourceMisconfigured(
                f"kubernetes: {self.path} is no file and no folder; mend `path`"
            )
        return sorted(file for file in self.path.rglob("*") if file.suffix in SUFFIXES)

    def objects(self, kind: Kind) -> Iterator[Body]:
        """Yield every object of a kind."""
        group = kind.group.partition("/")[0]
        for file in self.files():
            for body in read(file):
                version = str(body.get("apiVersion") or "")
                if body.get("kind") == kind.name and version.partition("/")[0] == group:
                    yield body


def read(file: Path) -> Iterator[Body]:
    """Yield the objects of one file, those inside of lists too."""
    if file.stat().st_size > LARGEST:
        raise SourceMisconfigured(f"{file.name}: is larger than 200 MB; export less at once")
    try:
        content = file.read_text(encoding="utf-8-sig")
        found = [json.loads(content)] if file.suffix == ".json" else list(loaded(content))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise SourceMisconfigured(f"{file.name}: can't be read as {file.suffix[1:]}") from error
    for one in found:
        yield from objects(one)


def loaded(content: str) -> Iterator[Any]:
    """Yield the documents of a YAML file; times stay the texts that they are."""
    yield from yaml.load_all(content, Loader=Plain)


class Plain(yaml.SafeLoader):
    """Leaves times as texts, as JSON has them."""


Plain.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def objects(found: Any) -> Iterator[Body]:
    """Yield an object, or those of a list."""
    if not isinstance(found, Mapping):
        return
    items = found.get("items")
    if not isinstance(items, list):
        yield found
        return
    name = str(found.get("kind") or "").removesuffix("List")
    for one in items:
        if isinstance(one, Mapping):
            # Items of a typed list do not say what they are.
            yield {"kind": name, "apiVersion": found.get("apiVersion"), **one}
