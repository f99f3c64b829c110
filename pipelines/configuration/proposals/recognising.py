"""Recognises by their names what is production, what deploys, and what is an incident."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.configuration.values import COUNTRIES

PRODUCTION = re.compile(r"(?i)(?<![^\W\d_])(?:production|prod|prd|live)(?![^\W\d_])")
SEPARATORS = " /_.:\u2013\u2014-"
STAGES = frozenset(
    """
    pre preprod preproduction non nonprod no not dev devel develop development test testing tests
    qa uat stage staging stg sandbox demo preview previews review reviews acceptance integration
    int ci pr alpha nightly e2e load perf performance rehearsal shadow dummy pages docs
    """.split()  # noqa: SIM905 - a table reads better than quoted words
)
REGIONS = frozenset(
    """
    eu us uk emea apac amer latam global east west north south central northeast northwest
    southeast southwest europe asia africa america oceania aws gcp azure region zone cluster
    primary secondary blue green canary main default
    """.split()  # noqa: SIM905
)
DEPLOYS = frozenset(
    ["deploy", "deploys", "deployed", "deployment", "deployments", "rollout", "ship", "cd"]
)
PUBLISHES = frozenset(["release", "releases", "publish", "publishes", "delivery", "promote"])
# They go to other environments, write drafts and notes, take down, or only look.
NO_DEPLOYS = frozenset(
    """
    staging stage stg preprod nonprod qa uat sandbox demo preview previews dev develop development
    drafter draft please notes changelog docs documentation pages cleanup teardown destroy undeploy
    delete remove label labels stale check checks validate verify plan dry
    """.split()  # noqa: SIM905
)
INCIDENT = re.compile(
    r"(?i)(?<![^\W\d_])(?:incidents?|outages?|downtime|post-?\s?mortems?|sev(?:erity)?[-_: /]*\d)"
    r"(?![^\W_])"
)
PERHAPS = re.compile(
    r"(?i)(?<![^\W\d_])(?:p[01]|sev(?:erity)?|critical|emergency|production)(?![^\W_])"
)


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment's name, cut at the word that makes it production.

    What stands before it is rather a service, what stands after it rather a region.
    """

    name: str
    is_production: bool
    before: str = ""
    after: str = ""


def words(name: str) -> list[str]:
    """Cut a name into its words, in small letters: ``DeployWeb-v2`` is deploy, web, v, 2."""
    split = r"[\W_]+|(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
    return [word.lower() for word in re.split(split, name) if word]


def environment(name: str, tiers: Iterable[str] = ()) -> Environment:
    """Tell whether an environment is production, by its name or because the host says so."""
    found = PRODUCTION.search(name)
    if not found:
        return Environment(name, name in set(tiers), after=name)
    around = name[: found.start()], name[found.end() :]
    before, after = (part.strip(SEPARATORS) for part in around)
    is_staged = bool(STAGES & {*words(before), *words(after)})
    if not before and re.match(rf"\s+[{SEPARATORS}]\s", around[1]):
        # Vercel names the environments of a monorepo `Production - web`, with a long dash.
        before, after, is_staged = after, before, False
    is_production = name in set(tiers) or not is_staged
    return Environment(name, is_production, before, after)


def is_stage(name: str) -> bool:
    """Tell whether an environment is plainly none of production: staging, review apps, pages."""
    return bool(STAGES & set(words(name)))


def is_region(text: str) -> bool:
    """Tell whether every word names a place or a copy, as in eu-west-1, blue, 2."""
    return all(
        word in REGIONS or word.upper() in COUNTRIES or word.isdigit() or len(word) == 1
        for word in words(text)
    )


def deploys(name: str, path: str = "") -> int:
    """Tell how surely a workflow, pipeline or job deploys to production.

    3: its name says both; 2: it deploys; 1: it publishes; 0: neither, or elsewhere.
    """
    said = {*words(name), *words(path.rsplit("/", 1)[-1])}
    is_production = bool(PRODUCTION.search(name) or PRODUCTION.search(path))
    if said & NO_DEPLOYS and not (is_production and not said & {"pre", "non", "preprod"}):
        return 0
    if said & DEPLOYS:
        return 3 if is_production else 2
    return 1 if said & PUBLISHES else 0


def incidents(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give the labels or types that look like incidents, and those that only may be."""
    every = list(dict.fromkeys(names))
    sure = [name for name in every if INCIDENT.search(name)]
    return sure, [name for name in every if name not in sure and PERHAPS.search(name)]
