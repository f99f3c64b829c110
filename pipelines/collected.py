"""What became of each source of a refresh, and how that is told."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from connectors import Failure
from pipelines.collecting import Collection
from pipelines.printing import aligned

REPOSITORIES = "repositories"
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one source: new records by entity, and what could not be read.

    ``scopes`` are those that answered with anything; ``entities`` are all that were asked for.
    """

    source: str
    landed_by: Counter[str] = field(default_factory=Counter)
    failures: tuple[Failure, ...] = ()
    scopes: frozenset[str] = frozenset()
    entities: tuple[str, ...] = ()

    @property
    def landed(self) -> int:
        """How many versions of records were new."""
        return self.landed_by.total()

    @property
    def lines(self) -> list[str]:
        """Say what could not be read, a line for each reason."""
        return list(reasons(self.failures))

    @property
    def error(self) -> str:
        """Say what could not be read, empty where all was."""
        return "; ".join(self.lines)

    @property
    def is_failed(self) -> bool:
        """Tell whether nothing of it was read: neither the source as a whole nor any scope."""
        if not self.failures or self.landed:
            return False
        if not self.scopes or any(not one.scope for one in self.failures):
            return True
        told = {(one.entity, one.scope) for one in self.failures}
        asked = [entity for entity in self.entities if entity != REPOSITORIES]
        return all((entity, scope) in told for entity in asked for scope in self.scopes)

    @property
    def repositories(self) -> str:
        """Say how many repositories were read and how many were not, where it has several."""
        if REPOSITORIES not in self.entities:
            return ""
        failed = {one.scope for one in self.failures if one.scope}
        if not self.scopes:
            return "none read"
        read = len(self.scopes - failed)
        return f"{read:,} read, {len(failed):,} not" if failed else f"{read:,} read"


def collected(source: str, parts: Iterable[Collection]) -> Collected:
    """Sum up what became of the entities of one source."""
    found = list(parts)
    return Collected(
        source,
        Counter({part.entity: part.landed for part in found}),
        tuple(failure for part in found for failure in part.failures),
        frozenset[str]().union(*(part.scopes for part in found)),
        tuple(part.entity for part in found),
    )


def table(sources: Sequence[Collected]) -> str:
    """Draw what was collected: a line for each source."""
    head = ["source", "new records", "of which", "repositories"]
    body = [
        [one.source, f"{one.landed:,}", ", ".join(shares(one.landed_by)), one.repositories]
        for one in sources
    ]
    kept = [place for place in range(len(head)) if place < 2 or any(line[place] for line in body)]
    return aligned([[line[place] for place in kept] for line in [head, *body]])


def shares(landed_by: Counter[str]) -> Iterator[str]:
    """Yield how much there is of each entity that there is anything of."""
    yield from (f"{entity} {count:,}" for entity, count in landed_by.items() if count)


def reasons(failures: Sequence[Failure]) -> Iterator[str]:
    """Yield a line for each reason, with all that failed for it."""
    alike: dict[str, list[Failure]] = {}
    for failure in failures:
        alike.setdefault(masked(failure), []).append(failure)
    groups = list(alike.values())
    for group in groups[:SHOWN]:
        yield reason(group)
    if len(groups) > SHOWN:
        scopes = {one.scope for group in groups[SHOWN:] for one in group}
        yield f"{len(scopes):,} more failed for {len(groups) - SHOWN:,} other reasons"


def reason(group: Sequence[Failure]) -> str:
    """Say what failed for one reason: where, what, why and what to do."""
    text = str(group[0].error)
    if not group[0].scope:
        return text
    first, *further = dict.fromkeys(one.scope for one in group)
    more = f" and {len(further):,} more" if further else ""
    entities = ", ".join(dict.fromkeys(one.entity for one in group))
    return f"{first}{more} ({entities}): {text}"


def masked(failure: Failure) -> str:
    """Return why it failed without what differs from scope to scope, so that equal is equal."""
    text = str(failure.error)
    if not failure.scope:
        return f"<source>{text}"
    return text.replace(failure.scope, "<scope>").replace(failure.entity, "<entity>")
