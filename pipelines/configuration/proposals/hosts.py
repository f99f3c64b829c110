"""Proposes a first configuration for an organisation's repositories, with the reasons."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from connectors.hosts.survey import Survey
from pipelines.configuration.globs import tag_pattern
from pipelines.configuration.proposals import recognising
from pipelines.configuration.proposals.planning import planned
from pipelines.configuration.proposals.text import (
    beside,
    commented,
    counted,
    entry,
    few,
    fits,
    short,
    texts,
)
from pipelines.configuration.proposals.writing import service
from pipelines.configuration.values import Text

Kind = Literal["github", "gitlab"]
CLOUDS = {"github": "https://github.com", "gitlab": "https://gitlab.com"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a host showed: each repository's survey, and what could not be looked at, and why."""

    kind: Kind
    repositories: Sequence[str]
    url: str = ""
    surveys: Sequence[Survey] = ()
    failures: Mapping[str, str] = field(default_factory=dict)

    def leaves(self, survey: Survey) -> bool:
        """Tell whether a repository is left alone, as forks are unless named in full."""
        named = {one.lower() for one in self.repositories}
        return survey.is_fork and survey.full_name.lower() not in named


def variable(kind: Kind) -> str:
    """Name the environment variable that holds the token."""
    return f"{kind.upper()}_TOKEN"


def head(seen: Seen) -> str:
    """Give the text up to the source, which is a configuration by itself."""
    return "\n".join([*_head(seen), ""])


def propose(seen: Seen) -> str:
    """Give the text of a first configuration."""
    return "\n".join([*_head(seen), *_incidents(seen), "", *_services(seen), ""])


def _head(seen: Seen) -> Iterator[str]:
    owner = seen.repositories[0].split("/", 1)[0]
    yield f"# Proposed by `drumbeat init --{seen.kind}`; docs/configuration.md explains every key."
    yield "# Behind each line stands why. What is in doubt is a comment: take its # away."
    yield entry(0, "organisation", owner, "the title of pages and reports")
    yield ""
    yield "sources:"
    yield f"  - kind: {seen.kind}"
    if seen.url and seen.url != CLOUDS[seen.kind]:
        yield entry(2, "url", seen.url, "as you said")
    token = f"${{{variable(seen.kind)}}}"
    yield entry(2, "token", None, "read from the environment, written nowhere", token)
    archived = sum(survey.is_archived for survey in seen.surveys)
    found = f"{counted(len(seen.surveys), 'repository', 'repositories')} looked at"
    reason = f"{found}, {archived} of them archived" if archived else found
    yield entry(2, "repositories", None, reason, texts(seen.repositories))


def _incidents(seen: Seen) -> Iterator[str]:
    labels = Counter(name for survey in seen.surveys for name in set(survey.labels))
    types = Counter(name for survey in seen.surveys for name in set(survey.issue_types))
    yield from _marks("incident_labels", "label", "incident", labels)
    yield from _marks("incident_types", "type", "Incident", types)


def _marks(key: str, what: str, usual: str, counts: Counter[str]) -> Iterator[str]:
    names = sorted(
        (name for name in counts if fits(Text, name)), key=lambda one: (-counts[one], one)
    )
    sure, perhaps = recognising.incidents(names)
    if sure:
        where = few([f"{name} in {counts[name]}" for name in sure])
        reason = f"looks like incidents; repositories that have the {what}: {where}"
        yield entry(2, key, None, reason, texts(sure))
    else:
        yield beside(f"    # {key}: [{usual}]", f"the default; no {what} looks like incidents")
    if perhaps:
        yield beside(f"    # {key}: {texts([*sure, *perhaps])}", "or: if these mark incidents, too")


def _services(seen: Seen) -> Iterator[str]:
    live: list[str] = []
    doubtful: list[str] = []
    pattern = re.compile(tag_pattern(seen.repositories), re.IGNORECASE)
    for one in planned([survey for survey in seen.surveys if not seen.leaves(survey)]):
        is_listed = bool(pattern.search(one.survey.full_name))
        unfit = one.unfit or (
            "" if is_listed else "not among `repositories` above, so add it there"
        )
        lines = list(service(one, seen.kind, unfit))
        if unfit or not one.ways:
            doubtful += ["", *commented(lines)]
        else:
            live += ["", *lines]
    yield "services:" if live else "# services:"
    yield from (live or doubtful)[1:]
    yield from doubtful if live else ()
    left = {
        survey.full_name: "a fork; name it in full under `repositories` to have it read"
        for survey in seen.surveys
        if seen.leaves(survey)
    }
    failed = {name: f"could not be looked at: {why}" for name, why in seen.failures.items()}
    notes = [f"  # {short(name)}: {short(why)}" for name, why in (left | failed).items()]
    yield from ["", *notes] if notes else ()
