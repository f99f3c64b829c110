"""Reads a configuration file, saying all that is wrong with it, and writes one without secrets."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines.configuration import (
    confirming,
    credentials,
    environment,
    locations,
    overruling,
    yaml_text,
)
from pipelines.configuration.checking import conflicts
from pipelines.configuration.environment import Origin
from pipelines.configuration.errors import ConfigurationError, Problem
from pipelines.configuration.outlets import SignIn
from pipelines.configuration.schema import Configuration
from pipelines.configuration.wording import is_own, shown, worded

FILE_NAME = "drumbeat.yaml"
REMEDY = "write one with `drumbeat init`, or look around with `drumbeat demo`"


def find(explicit: Path | None = None, data_dir: Path | None = None) -> Path:
    """Find the configuration file to use.

    The one asked for; else with a data directory the one kept there, else ``drumbeat.yaml`` here,
    else the one kept in ``data``.
    """
    if explicit is not None:
        if explicit.is_file():
            return explicit
        raise ConfigurationError(str(explicit), [Problem(0, "", f"is not a file; {REMEDY}")])
    here = Path(FILE_NAME)
    kept = (data_dir or Path("data")) / FILE_NAME
    candidates = (here, kept) if data_dir is None else (kept, here)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    looked = " or ".join(str(candidate) for candidate in candidates)
    raise ConfigurationError(FILE_NAME, [Problem(0, "", f"not found as {looked}; {REMEDY}")])


def load(path: Path, *, may_lack: bool = False) -> Configuration:
    """Read a configuration file; raises ConfigurationError with every problem in it.

    With ``may_lack`` a source may lack its environment variables: ``lacking`` has what it lacks.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = Problem(line, "", "is not UTF-8 text; save the file as UTF-8")
        raise ConfigurationError(str(path), [problem]) from None
    except OSError as error:
        remedy = "let whoever runs this read it" if path.is_file() else REMEDY
        problem = Problem(0, "", f"can not be read: {error.strerror}; {remedy}")
        raise ConfigurationError(str(path), [problem]) from error
    return parse(text, path, may_lack=may_lack)


def sign_in(path: Path) -> SignIn | None:
    """Read who may see the dashboard; all else may lack its environment variables."""
    raw = yaml_text.read(path.read_text(encoding="utf-8-sig"), str(path))[0]
    found = raw.get("dashboard") if isinstance(raw, dict) else None
    if not found:
        return None
    made = {"sources": [{"kind": "demo"}], "dashboard": found}
    return parse(yaml_text.written(made), path).dashboard.sign_in


def parse(text: str, path: Path, *, may_lack: bool = False) -> Configuration:
    """Read a configuration from text, as if it stood in the file at ``path``."""
    name = str(path)
    raw, lines, problems = yaml_text.read(text, name)
    if not isinstance(raw, dict):
        said = "is empty" if raw is None else f"holds {shown(raw)}"
        problem = Problem(1, "", f"{said}, must be a mapping that begins with `sources:`; {REMEDY}")
        raise ConfigurationError(name, [*problems, problem])
    wrong: dict[environment.Path, str] = {}
    data, references = environment.expanded(raw, wrong.__setitem__)
    origin = Origin(raw, references, os.fspath(path.absolute().parent))
    found = [*wrong.items(), *credentials.conflicts(raw)]
    configuration = _validated(data, origin, found)
    seen = {place for place, _ in found if place}
    found += [(place, origin.hidden(said)) for place, said in conflicts(data) if place not in seen]
    lacking = [one for one in found if may_lack and configuration and _is_lack(one)]
    problems += [_problem(lines, one) for one in found if one not in lacking]
    if configuration is None or problems:
        raise ConfigurationError(name, problems)
    for place, said in lacking:
        source = configuration.sources[int(place[1])].name
        told = ConfigurationError(name, [_problem(lines, (place, said))])
        configuration._lacking.setdefault(source, str(told))
    if overrides := overruling.file_of(configuration.overrides, origin.folder):
        configuration._overruled = overruling.load(overrides)
    configuration.alerts._kept = confirming.load(configuration.confirmed_file)
    return configuration


def dump(configuration: Configuration, folder: Path | None = None) -> str:
    """Write the effective configuration, references unexpanded, paths absolute.

    What lies beside a file in ``folder`` is found from there, and need not be named.
    """
    origin = configuration._origin
    data = configuration.model_dump(mode="json", by_alias=True, exclude_none=True)
    made = _overlaid(data, origin.raw) if origin.raw else data
    for source, written in zip(made["sources"], (origin.raw or data)["sources"], strict=True):
        # What is derived from a location may hold what that location's variables hold.
        for key in {"name", "repository"} & (source.keys() - written.keys()):
            del source[key]
        for key in {"location", "path", "ca", "kubeconfig"} & source.keys():
            source[key] = _absolute(source[key], origin)
    report = made["report"]
    for holder, key in ((report, "out"), *((one, "path") for one in report.get("channels", ()))):
        if key in holder:
            holder[key] = _absolute(holder[key], origin)
    overrides = overruling.file_of(configuration.overrides, origin.folder)
    if overrides and (configuration.overrides or overrides.parent != folder):
        made["overrides"] = _absolute(made.get("overrides", str(overrides)), origin)
    kept = configuration.confirmed_file
    if kept and (configuration.alerts.confirmed_file or (folder and kept.parent != folder)):
        made["alerts"]["confirmed_file"] = _absolute(
            made["alerts"].get("confirmed_file", str(kept)), origin
        )
    return yaml_text.written(made)


def _validated(
    data: object, origin: Origin, found: list[tuple[environment.Path, str]]
) -> Configuration | None:
    try:
        return Configuration.model_validate(data, context=origin)
    except ValidationError as error:
        known = {place for place, _ in found}
        details = [item for item in error.errors(include_url=False) if is_own(item, origin.raw)]
        new = (worded(detail, origin.raw) for detail in details)
        found += [(place, said) for place, said in new if place not in known]
    return None


def _problem(lines: yaml_text.Lines, found: tuple[environment.Path, str]) -> Problem:
    place, said = found
    return Problem(_line(lines, place), yaml_text.said(place), said)


def _is_lack(found: tuple[environment.Path, str]) -> bool:
    place, said = found
    return place[:1] == ("sources",) and len(place) > 1 and said.startswith(environment.NEEDS)


def _line(lines: yaml_text.Lines, place: environment.Path) -> int:
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place, 0)


def _absolute(text: str, origin: Origin) -> str:
    if locations.is_remote(text) or origin.folder is None:
        return text
    value = environment.expanded(text, lambda *_: None)[0]
    if Path(value).is_absolute() or locations.is_remote(value):
        return text
    value = locations.beside(origin.folder, value)
    # Only a text without references can be resolved and still be what was written.
    return value if not environment.REFERENCE.search(text) else str(Path(origin.folder) / text)


def _overlaid(data: Any, raw: Any) -> Any:
    """Take what was written where something was, and the defaults elsewhere."""
    if isinstance(data, dict) and isinstance(raw, dict):
        return dict(_pairs(data, raw))
    if isinstance(data, list) and isinstance(raw, list) and len(data) == len(raw):
        return [_overlaid(*pair) for pair in zip(data, raw, strict=True)]
    return _plain(data) if raw is None else raw


def _pairs(data: dict[str, Any], raw: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        yield key, _overlaid(value, raw.get(key))


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, float) and data.is_integer():
        return int(data)
    return data
