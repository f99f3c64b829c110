"""Releases, newest first by when they were made.

Not by `released_at`: that may be a day to come, before which all others would be older.
"""

from dataclasses import dataclass
from typing import Any, Final

from connectors.errors import SourceUnavailable
from connectors.gitlab.client import Client
from connectors.gitlab.payloads import is_bot, login, time, told
from connectors.hosts.api import Repository
from connectors.hosts.references import masked
from connectors.hosts.walking import Item, Page, parsed
from connectors.records import Record

PER_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Releases:
    """Reads one project's releases; a page's token is its number."""

    client: Client
    repository: Repository

    def page(self, token: str | None) -> Page:
        """Return one page."""
        number = int(token or 1)
        what = f"releases of {self.repository.full_name}"
        path = f"/projects/{self.repository.id}/releases"
        query = {"order_by": "created_at", "sort": "desc", "per_page": PER_PAGE, "page": number}
        reply = self.client.rows(path, what, **query)
        items = [item(body) for body in reply.body]
        return Page(items, str(number + 1) if reply.is_more else None, reply.at, reply.total)


def item(body: dict[str, Any]) -> Item:
    """Return the item of a release."""
    at = parsed(body.get("created_at"))
    if at is None:
        raise SourceUnavailable("GitLab sent a release without the time when it was made")
    at = at.replace(microsecond=0)
    tag, author = str(body["tag_name"]), body.get("author")
    payload = told(
        tag=tag,
        name=masked(body.get("name")),
        sha=(body.get("commit") or {}).get("id"),
        is_draft=False,
        is_pre_release=False,
        author=login(author),
        is_bot=is_bot(author),
        created_at=time(body.get("created_at")),
        published_at=time(body.get("released_at")),
        url=(body.get("_links") or {}).get("self"),
    )
    return Item(Record("releases", tag, payload, "", at), at)
