"""Proposes a configuration for an organisation on GitHub or a group on GitLab, by asking it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from connectors import SourceError
from pipelines.configuration import parse
from pipelines.configuration.proposals.hosts import CLOUDS, Kind, Seen, head, propose, variable
from pipelines.configuration.proposals.text import short
from pipelines.errors import DrumbeatError
from pipelines.progress import Progress
from pipelines.surveying import surveyed

if TYPE_CHECKING:
    from connectors.hosts.api import Api, Repository

NEEDS = {
    "github": "a fine-grained token that may read Metadata, Contents, Pull requests, Deployments, "
    "Actions and Issues of the repositories, or a classic one with `repo`; make one at "
    "{url}/settings/tokens",
    "gitlab": "a personal, group or project token with the scopes read_api and read_repository; "
    "make one at {url}/-/user_settings/personal_access_tokens",
}


def propose_from_host(kind: Kind, names: Sequence[str], url: str, progress: Progress) -> str:
    """Return the text of a first configuration; raises DrumbeatError where nothing can be seen."""
    _need_token(kind, url)
    failures: dict[str, str] = {}
    for globs in choices(kind, names):
        seen = Seen(kind, globs, url)
        api = _api(seen, progress)
        found, failed = _listed(api)
        if found:
            surveys, unseen = surveyed(api, found, progress)
            names_by_id = {one.id: one.full_name for one in found}
            failed |= {names_by_id[id]: said for id, said in unseen.items()}
            return propose(Seen(kind, globs, url, tuple(surveys.values()), failed))
        failures |= failed
    raise DrumbeatError(_nothing(kind, names, url, failures))


def choices(kind: Kind, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the globs that names may stand for: all of an owner's repositories, else one."""
    every = "/*" if kind == "github" else "/**"
    plain = [name.strip("/") for name in names]
    is_owner = ["*" not in name and ("/" not in name or kind == "gitlab") for name in plain]
    globs = tuple(
        f"{name}{every}" if whole else name for name, whole in zip(plain, is_owner, strict=True)
    )
    yield globs
    if kind == "gitlab" and any("/" in name for name in plain):
        # A path names a subgroup or a project, and only GitLab knows which.
        yield tuple(name if "/" in name else glob for name, glob in zip(plain, globs, strict=True))


def _need_token(kind: Kind, url: str) -> None:
    if not os.environ.get(variable(kind)):
        needs = NEEDS[kind].format(url=url or CLOUDS[kind])
        raise DrumbeatError(
            f"the environment variable {variable(kind)} is not set; it needs {needs}"
        )


def _api(seen: Seen, progress: Progress) -> "Api":
    from pipelines import hosts
    from pipelines.project import Project

    configuration = parse(head(seen), Path(f"drumbeat init --{seen.kind}"))
    source = configuration.sources[0]
    assert isinstance(source, hosts.HostSource)
    return hosts.api(Project(configuration, Path("data"), say=progress.say), source)


def _listed(api: "Api") -> tuple[list["Repository"], dict[str, str]]:
    from connectors import Failure

    try:
        listed = list(api.repositories())
    except SourceError as error:
        raise DrumbeatError(str(error)) from error
    failed = {one.scope: str(one.error) for one in listed if isinstance(one, Failure)}
    found = {one.id: one for one in listed if not isinstance(one, Failure)}
    return sorted(found.values(), key=lambda one: one.full_name.lower()), failed


def _nothing(kind: Kind, names: Sequence[str], url: str, failures: dict[str, str]) -> str:
    reasons = "".join(f"\n{short(name)}: {short(said)}" for name, said in failures.items())
    needs = NEEDS[kind].format(url=url or CLOUDS[kind])
    return f"no repository was found by {', '.join(names)}; {variable(kind)} needs {needs}{reasons}"
