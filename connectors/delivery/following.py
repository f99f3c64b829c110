"""Follows the objects of one kind by the API server's watch protocol, for as long as it is asked.

A watch goes on from a version of the cluster; where the server has forgotten that, all is listed
again, and what happened in between is not known.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from connectors.delivery.bodies import part, text, whole
from connectors.delivery.kinds import Body, Kind
from connectors.errors import SourceError
from connectors.pagers.judging import Broken, Missing, Refused, Untrusted

SECONDS: Final = 240
# After a break; after one that only a person can mend; until a kind may have been installed.
AT_ONCE, PAUSE, LONG_PAUSE, ABSENT = 0.1, 2.0, 60.0, 600.0
GONE: Final = 410
STEPS: Final = ("ADDED", "MODIFIED", "DELETED")


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to an object: ``is_deleted`` says that it is gone."""

    kind: Kind
    namespace: str
    body: Body
    version: str
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """All objects of a kind, as they are now; ``is_resumed`` says that steps to there follow."""

    kind: Kind
    namespace: str
    bodies: tuple[Body, ...]
    version: str
    is_resumed: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """Nothing happened up to a version."""

    kind: Kind
    namespace: str
    version: str


News = Step | Whole | Reached


class Watched(Protocol):
    """What can be listed and watched."""

    def snapshot(self, kind: Kind, namespace: str) -> tuple[list[Body], str]:
        """Return all objects, and their version."""
        ...

    def watched(
        self, kind: Kind, namespace: str, version: str, seconds: int
    ) -> Iterator[Mapping[str, Any]]:
        """Yield what happens after a version."""
        ...


class Forgotten(Exception):
    """The server does not know any more what happened after a version."""


@dataclass(frozen=True, slots=True)
class Following:
    """Follows one kind; ``wait`` sleeps and says whether to end, ``say`` tells what is wrong."""

    cluster: Watched
    kind: Kind
    namespace: str
    wait: Callable[[float], bool]
    say: Callable[[str], None]
    seconds: int = SECONDS

    def news(self, version: str = "") -> Iterator[News]:
        """Yield all objects first, then what happens after ``version``, else after the listing.

        A kind that is not there, or can't be seen, is told as one without objects.
        """
        said, is_known = "", False
        while True:
            pause = PAUSE
            try:
                if not is_known:
                    bodies, listed = self.cluster.snapshot(self.kind, self.namespace)
                    yield self.whole(version or listed, bodies, is_resumed=bool(version))
                    version, is_known = version or listed, True
                for step in self.steps(version):
                    version, said = step.version or version, ""
                    yield step
                pause = AT_ONCE
            except Forgotten:
                # What happened since is lost: the next listing is a look and no more.
                version, is_known = "", False
                said = self.tell(said, "its history is gone; all is listed again")
            except Missing:
                pause = ABSENT
                yield self.whole(version, [], is_resumed=True)
            except (Broken, Untrusted) as error:
                said = self.tell(said, str(error) or "its certificate can not be trusted")
            except (Refused, SourceError) as error:
                pause = LONG_PAUSE
                said = self.tell(said, str(error))
                if not is_known:
                    yield self.whole(version, [], is_resumed=True)
            if self.wait(pause):
                return

    def whole(self, version: str, bodies: list[Body], *, is_resumed: bool) -> Whole:
        """Return the news of a listing."""
        return Whole(self.kind, self.namespace, tuple(bodies), version, is_resumed)

    def tell(self, before: str, text: str) -> str:
        """Say what is wrong, once."""
        if text != before:
            self.say(f"{self.kind.plural}: {text}")
        return text

    def steps(self, version: str) -> Iterator[Step | Reached]:
        """Yield what one watch tells until it ends; raises Forgotten, Broken or Refused."""
        try:
            for one in self.cluster.watched(self.kind, self.namespace, version, self.seconds):
                body = part(one, "object")
                at = text(body, "metadata", "resourceVersion") or ""
                what = one.get("type")
                if what == "ERROR":
                    raise (
                        Forgotten
                        if whole(body, "code") == GONE
                        else Broken(
                            f"the watch ended: {text(body, 'message') or 'it did not say why'}"
                        )
                    )
                if what == "BOOKMARK":
                    yield Reached(self.kind, self.namespace, at)
                elif what in STEPS:
                    named = {"kind": self.kind.name, **body}
                    yield Step(self.kind, self.namespace, named, at, what == "DELETED")
        except Refused as error:
            if error.status == GONE:
                raise Forgotten from error
            raise
