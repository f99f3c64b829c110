"""Organisations whose reports can be counted by hand, and ways to look at what was written."""

from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

from pipelines import windows
from pipelines.project import Project
from pipelines.reports import weekly
from tests import support
from tests.support import at

MONDAY_AFTER = at("2026-11-23 10:00")
VOID = frozenset(["meta", "br", "hr", "img", "link", "input"])


def deployed(service, day, **more):
    """Return a deployment of a service that ended on a day."""
    moment = at(day)
    return {
        "deployment_id": f"{service}-{moment:%m%d%H}",
        "service": service,
        "finished_at": moment,
        "sha": f"{moment:%m%d}aaaa",
        **more,
    }


def delivered(service, deployment, hours, number, **more):
    """Return a change whose first commit was some hours before its deployment ended."""
    return {
        "change_id": f"{service}-{number}",
        "service": service,
        "first_commit_at": deployment["finished_at"] - timedelta(hours=hours),
        "merged_at": deployment["finished_at"] - timedelta(hours=1),
        "deployment_id": deployment["deployment_id"],
        **more,
    }


def acme():
    """Return the tables of Acme.

    Its shop ships on Tuesdays and Thursdays from week 37 to 46, and three times in week 47, where
    Thursday's fails for two hours. Its books ship on Wednesdays of weeks 37 to 44, then no more,
    though a change waits.
    """
    first = at("2026-09-08 12:00")
    shop = [
        deployed("shop", f"{first + timedelta(weeks=week, days=day):%Y-%m-%d %H:%M}")
        for week in range(11)
        for day in (0, 2)
    ]
    shop.append(deployed("shop", "2026-11-20 12:00", version="1.9.0"))
    books = [
        deployed("books", f"{first + timedelta(weeks=week, days=1):%Y-%m-%d %H:%M}")
        for week in range(8)
    ]
    thursday = shop[-2]
    changes = [
        delivered("shop", deployment, hours, number)
        for number, (deployment, hours) in enumerate(zip(shop[-3:], (10, 20, 30), strict=True))
    ]
    changes.append(
        {
            "change_id": "books-9",
            "service": "books",
            "title": "Sort the shelves",
            "first_commit_at": at("2026-10-29 09:00"),
            "merged_at": at("2026-10-30 10:00"),
            "url": "https://git.example/books/9",
        }
    )
    incident = {
        "incident_id": "inc-1",
        "service": "shop",
        "started_at": thursday["finished_at"] + timedelta(minutes=30),
        "resolved_at": thursday["finished_at"] + timedelta(hours=2),
        "deployment_id": thursday["deployment_id"],
        "url": "https://pager.example/inc-1",
    }
    return {"deployments": shop + books, "changes": changes, "incidents": [incident]}


def published(folder: Path, as_of=MONDAY_AFTER, *, tables=None, **settings) -> Project:
    """Bring an organisation, by default Acme, through the whole pipeline."""
    support.write(folder / "files", **(acme() if tables is None else tables))
    settings = {"organisation": "Acme", "calendar": {"time_zone": "Europe/Berlin"}, **settings}
    project = support.project(folder, **settings)
    support.refresh(project, as_of)
    return project


def reported(project: Project, out: Path, week=None) -> tuple[str, str]:
    """Write a week's report and return its HTML and its Markdown."""
    day = windows.parse_week(week) if week else None
    page, text = weekly.write(project, day, out, ["html", "md"])
    return page.read_text(encoding="utf-8"), text.read_text(encoding="utf-8")


def cells(markdown: str, name: str) -> list[str]:
    """Return the cells of the first row that begins with a name, bold marks left out."""
    lines = [line for line in markdown.splitlines() if line.startswith(f"| **{name}**")]
    assert lines, name
    return [cell.strip().replace("**", "") for cell in lines[0].strip("|").split(" | ")]


class Page(HTMLParser):
    """What a browser would find in a page: words, links and whether every tag is closed."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.words, self.attributes, self.tags = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "title"):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, name):
        return [value for key, value in self.attributes if key == name]
