"""What one Jira is like: cloud or data center, its fields, statuses and types of issues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.errors import SourceMisconfigured
from connectors.pagers.client import Client
from connectors.pagers.judging import Body
from connectors.pagers.payloads import ACKNOWLEDGED, OPENED, RESOLVED

TYPES: Final = ("Incident", "[System] Incident")
CATEGORIES: Final = {"new": OPENED, "indeterminate": ACKNOWLEDGED, "done": RESOLVED}
KEPT: Final = (
    "summary", "description", "status", "priority", "labels", "components", "created", "updated",
    "resolution", "resolutiondate", "issuelinks", "statuscategorychangedate",
)  # fmt: skip
MEANINGS: Final = ("started", "acknowledged", "resolved", "severity", "urgency", "services")


@dataclass(slots=True)
class Site:
    """Asks a Jira once for what it is like."""

    client: Client
    host: str
    fields: Mapping[str, str]
    _is_cloud: bool | None = field(default=None, init=False)
    _ids: dict[str, str] | None = field(default=None, init=False)
    _states: dict[str, str] | None = field(default=None, init=False)

    @property
    def is_cloud(self) -> bool:
        """Tell whether it is Atlassian's own."""
        if self._is_cloud is None:
            self._is_cloud = self.host.endswith(".atlassian.net") or (
                self.client.get("/rest/api/2/serverInfo", "its version").get("deploymentType")
                == "Cloud"
            )
        return self._is_cloud

    @property
    def api(self) -> str:
        """Return where the API is."""
        return "/rest/api/3" if self.is_cloud else "/rest/api/2"

    def ids(self) -> Mapping[str, str]:
        """Return the id of each field that means something here."""
        if self._ids is None:
            found = self._listed("/field", "fields")
            known = {str(one.get("id")): str(one.get("id")) for one in found}
            known |= {str(one.get("name")).lower(): str(one.get("id")) for one in found}
            self._ids = {}
            for meaning, name in self.fields.items():
                is_own = name in OURS.values()
                told = known.get(name) or known.get(name.lower())
                if told is None and not is_own:
                    raise SourceMisconfigured(
                        f"Jira, fields: there is no field {name!r}, or the token may not see it: "
                        f"mend `fields.{meaning}`"
                    )
                self._ids |= {meaning: told} if told else {}
        return self._ids

    def state(self, status: Any) -> str:
        """Return what a status means, by the category that it is in."""
        if self._states is None:
            self._states = {
                str(one.get("id")): CATEGORIES.get(
                    str((one.get("statusCategory") or {}).get("key")), ACKNOWLEDGED
                )
                for one in self._listed("/status", "statuses")
            }
        return self._states.get(str(status), ACKNOWLEDGED)

    def jql(self, told: str | None) -> str:
        """Return which issues are incidents; by their type where the file does not say it."""
        if told:
            return told
        found = {str(one.get("name")) for one in self._listed("/issuetype", "types of issues")}
        names = [name for name in TYPES if name in found]
        if not names:
            raise SourceMisconfigured(
                "Jira, issues: there is no type of issues called Incident, or the token may not "
                "see it: say as `jql` which issues are incidents"
            )
        quoted = ", ".join(f'"{name}"' for name in names)
        return f"issuetype in ({quoted})"

    def asked(self) -> str:
        """Return the names of the fields to ask for."""
        return ",".join(once([*KEPT, *self.ids().values()]))

    def _listed(self, path: str, what: str) -> list[Body]:
        found = self.client.get(f"{self.api}{path}", what)
        return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


# What Jira Service Management calls them; a Jira without such fields is none the worse.
OURS: Final = {"severity": "Severity", "urgency": "Urgency", "services": "Affected services"}


def once(names: Iterable[str]) -> list[str]:
    """Return names, each once."""
    return list(dict.fromkeys(names))
