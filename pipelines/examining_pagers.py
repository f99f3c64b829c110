"""Looks at pagers and incident tools for doctor: what the token sees, and what is left of quota."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from connectors import SourceError
from pipelines.configuration.proposals.text import short
from pipelines.findings import Finding

if TYPE_CHECKING:
    from connectors.hosts.api import Access


class Examined(Protocol):
    """What can say of itself what its credentials see."""

    def access(self) -> Iterator["Access"]:
        """Yield what they can and can not see."""
        ...


def examine_pager(name: str, connector: Examined) -> Iterator[Finding]:
    """Yield what the tool shows to the source of this name; lands nothing."""
    try:
        for access in connector.access():
            yield Finding(f"{name}: {short(access.subject)}", short(access.said), access.level)
    except SourceError as error:
        yield Finding(name, short(str(error)), "mend")
