"""What a cluster has, held here and kept up to date by what is told of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.delivery import agents, argo_rollouts, flagger, workloads
from connectors.delivery.bodies import moment, parts, text
from connectors.delivery.following import Step, Whole
from connectors.delivery.kinds import (
    ANALYSIS_RUN,
    APPLICATION,
    CANARY,
    DEPLOYMENT,
    ROLLOUT,
    Body,
    Kind,
)

Place = tuple[Kind, str]


@dataclass(slots=True)
class Held:
    """Reads as a cluster does, without asking it; ``at`` is when what was told last happened."""

    name: str
    at: datetime | None = None
    found: dict[Place, dict[str, Body]] = field(default_factory=dict)

    def objects(self, kind: Kind) -> Iterator[Body]:
        """Yield every object of a kind."""
        for (one, _), bodies in self.found.items():
            if one == kind:
                yield from bodies.values()

    def now(self) -> datetime:
        """Return when what was told last happened."""
        return self.at or datetime.now(UTC)

    def close(self) -> None:
        """Hold on: the next step needs all of it."""

    def take(self, news: Step | Whole) -> None:
        """Take in what was told."""
        own = self.found.setdefault((news.kind, news.namespace), {})
        if isinstance(news, Whole):
            own.clear()
            own.update((key(body), body) for body in news.bodies)
            self.at = None
            return
        self.at = changed_at(news.body)
        if news.is_deleted:
            own.pop(key(news.body), None)
        else:
            own[key(news.body)] = news.body


def key(body: Body) -> str:
    """Return what an object is known by."""
    return f"{text(body, 'metadata', 'namespace')}/{text(body, 'metadata', 'name')}"


def changed_at(body: Body) -> datetime | None:
    """Return when an object was last written, by the server's clock; null where it hides that."""
    return latest(moment(one, "time") for one in parts(body, "metadata", "managedFields"))


def latest(times: Iterable[datetime | None]) -> datetime | None:
    """Return the latest of some times."""
    return max((at for at in times if at), default=None)


def identity(body: Body) -> str:
    """Return what the ids of all that an object tells begin with."""
    name, kind = key(body), text(body, "kind") or ""
    if kind == ROLLOUT.name:
        return argo_rollouts.identity(body)
    if kind == CANARY.name:
        return flagger.identity(body)
    tools = {
        DEPLOYMENT.name: workloads.TOOL,
        ANALYSIS_RUN.name: argo_rollouts.TOOL,
        APPLICATION.name: agents.ARGO_CD,
    }
    return f"{tools.get(kind, f'{agents.FLUX}/{kind}')}/{name}"


def is_state_of(state: str, name: str) -> bool:
    """Tell whether what is kept of an object is of this one; it may leave out the tool."""
    return is_of(state, name) or name.endswith(f"/{state}")


def is_of(record_id: str, name: str) -> bool:
    """Tell whether a record is of the object whose ids begin so; any is where none is named."""
    return not name or record_id == name or record_id.startswith(f"{name}/")
