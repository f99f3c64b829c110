"""What objects of a cluster are called here: their service and their environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from connectors.delivery.bodies import text
from connectors.delivery.kinds import Body

SERVICE_LABEL = "drumbeat/service"
ENVIRONMENT_LABEL = "environment"


@dataclass(frozen=True, slots=True)
class Places:
    """Globs of names to services, and of namespaces to environments; the first counts."""

    services: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, str] = field(default_factory=dict)
    url: str = ""

    def of(self, body: Body, name: str = "", namespace: str = "") -> dict[str, str | None]:
        """Return service, environment and page of an object."""
        name = name or text(body, "metadata", "name") or ""
        namespace = namespace or text(body, "metadata", "namespace") or ""
        label = text(body, "metadata", "labels", ENVIRONMENT_LABEL)
        page = self.url.replace("{namespace}", namespace).replace("{name}", name)
        return {
            "service": text(body, "metadata", "labels", SERVICE_LABEL)
            or first(self.services, name)
            or name,
            "environment": first(self.environments, namespace) or label or namespace or None,
            "url": page or None,
        }


def first(words: Mapping[str, str], name: str) -> str | None:
    """Return what the first glob that matches stands for."""
    return next(
        (word for glob, word in words.items() if fnmatchcase(name.lower(), glob.lower())), None
    )
