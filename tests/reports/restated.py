"""A shop whose numbers of week 46 are told, and then move: late, by a person, by another rule."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipelines import checking, defining, differing, publishing
from pipelines.reports import weekly
from tests import support
from tests.support import at

FIRST = at("2026-08-31 00:00")
RULES = {
    "organisation": "Acme",
    "services": [{"name": "shop"}],
    "definitions": {"minimum_confidence": 0.45},
}
FAILED = """\
- deployment: d-46-07
  mark: failed
  reason: The till was down for ten minutes, and nobody opened an incident.
  on: 2026-11-25
"""


def deployments(weeks: int) -> list[dict[str, Any]]:
    """Twelve deployments a week, three a day from Monday to Thursday; ``d-46-03`` is the third."""
    return [
        {
            "deployment_id": f"d-{moment.isocalendar().week}-{number + 1:02d}",
            "service": "shop",
            "finished_at": moment,
            "version": f"{moment.isocalendar().week}.{number}",
            # Built once from week 47 on, as far as anybody knows.
            "artifact_digest": f"sha256:{week}{number}" if week > 10 else None,
        }
        for week in range(weeks)
        for number in range(12)
        for moment in [FIRST + timedelta(weeks=week, days=number // 3, hours=9 + 3 * (number % 3))]
    ]


def incident(number: int, blamed: str, hours: float = 2.0, started: str = "") -> dict[str, Any]:
    """An incident that names a deployment and lasts some hours."""
    start = at(started or "2026-11-10 10:00")
    return {
        "incident_id": f"inc-{number}",
        "service": "shop",
        "started_at": start,
        "resolved_at": start + timedelta(hours=hours),
        "deployment_id": blamed,
    }


@dataclass
class Story:
    """The shop's files, its settings, and what its reports said."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=lambda: dict(RULES))
    incidents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def project(self):
        """The project by the settings of now."""
        return support.project(self.folder, **self.settings)

    def refreshed(self, as_of: str, weeks: int):
        """Collect and publish as of a moment, with so many weeks of deployments."""
        tables = {"deployments": deployments(weeks), "incidents": self.incidents}
        support.write(self.folder / "files", **tables)
        support.refresh(self.project, at(as_of))
        return self

    def reported(self) -> str:
        """Write the report of the last whole week; return its Markdown."""
        (path,) = weekly.write(self.project, None, self.folder / "out", ["md"])
        return path.read_text(encoding="utf-8")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the published file."""
        with support.published(self.project) as con:
            return support.rows(con, query)

    @property
    def landed(self) -> list[str]:
        """Name the files of the ledger that hold what reports told."""
        return [file.name for file in self.project.landing.files("ledger", "rows")]

    @property
    def published(self) -> Path:
        """The published file."""
        return publishing.current(self.project.serving)


def opening(markdown: str) -> str:
    """Return the last paragraph before the first section: what moved, if that is said."""
    return markdown.split("\n\n## ")[0].split("\n\n")[-1].replace("**", "")


@dataclass(frozen=True)
class Told:
    """What was said in the course of the story."""

    openings: tuple[str, ...]
    check: str
    definitions: str


def told(folder: Path) -> Told:
    """Tell the story of weeks 46 to 49."""
    story = Story(folder)
    # Five hours after the last deployment of the week: by time alone, with confidence .43.
    by_time = {**incident(1, "", 1, "2026-11-12 23:00"), "deployment_id": None}
    story.incidents = [by_time, incident(2, "d-46-03")]
    openings = [opening(story.refreshed("2026-11-16 10:00", 11).reported())]
    story.incidents.append(incident(3, "d-46-05", 4, "2026-11-10 16:00"))
    openings.append(opening(story.refreshed("2026-11-23 10:00", 12).reported()))
    (folder / "overrides.yaml").write_text(FAILED)
    openings.append(opening(story.refreshed("2026-11-30 10:00", 13).reported()))
    check = checked(story, "definitions:\n  minimum_confidence: 0.25\n")
    story.settings = {**RULES, "definitions": {"minimum_confidence": 0.25}}
    openings.append(opening(story.refreshed("2026-12-07 10:00", 14).reported()))
    return Told(tuple(openings), check, defining.defined(story.project).as_text())


def checked(story: Story, text: str) -> str:
    """Return what ``drumbeat check --diff`` says of another configuration."""
    new = story.folder / "new.yaml"
    new.write_text(text)
    project = story.project
    found, _ = differing.proposed(new, project.configuration)
    return checking.check(project, found, support.Silent(is_terminal=False), wait=True).as_text()
