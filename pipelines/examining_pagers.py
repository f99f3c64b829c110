"""Looks at pagers and incident tools for doctor: what the token sees, and what is left of quota."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors import SourceError
from pipelines.configuration.proposals.text import short
from pipelines.findings import Finding

if TYPE_CHECKING:
    from connectors.pagers import Pager


def examine_pager(name: str, connector: "Pager") -> Iterator[Finding]:
    """Yield what the tool shows to the source of this name; lands nothing."""
    try:
        for access in connector.access():
            yield Finding(f"{name}: {short(access.subject)}", short(access.said), access.level)
    except SourceError as error:
        yield Finding(name, short(str(error)), "mend")
