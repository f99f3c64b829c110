"""Whether a server knows types of issues, as github.com does and older servers do not."""

import threading
from dataclasses import dataclass, field

from connectors.github import more_queries as queries
from connectors.github.answering import Answer
from connectors.github.client import Client

Known = tuple[bool, bool]


@dataclass(slots=True)
class Types:
    """Asks a server once; nothing is asked where no type is wanted."""

    client: Client
    owner: str
    are_wanted: bool = True
    _answer: Known | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @property
    def are_known(self) -> bool:
        """Tell whether issues have types."""
        return self._asked()[0]

    @property
    def are_filtered(self) -> bool:
        """Tell whether issues can be asked for by type."""
        return self._asked()[1]

    def _asked(self) -> Known:
        with self._lock:
            if self._answer is None:
                self._answer = self._ask() if self.are_wanted else (False, False)
            return self._answer

    def _ask(self) -> Known:
        def read(answer: Answer) -> Known:
            if answer.errors:
                raise self.client.refused(answer.errors, "types of issues")
            fields = {one["name"] for one in answer.data["issue"]["fields"]}
            filters = {one["name"] for one in answer.data["filters"]["inputFields"]}
            return "issueType" in fields, "type" in filters

        return self.client.graphql(queries.KNOWN_TYPES, {}, "types of issues", self.owner, read)
