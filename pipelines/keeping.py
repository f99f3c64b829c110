"""The commands that change what is kept, whole: forget, and all that follows from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines import compacting, forgetting, forgotten, refreshing
from pipelines.configuration import dump
from pipelines.forgetting import Request
from pipelines.locking import locked
from pipelines.progress import Progress
from pipelines.project import Project
from pipelines.receiving.sealing import seal
from pipelines.rewriting import Rewritten, read
from pipelines.settings import Run


@dataclass(frozen=True, slots=True)
class Forgot:
    """What was forgotten, or would be; and where a name still stands."""

    request: Request
    found: Rewritten
    left: tuple[str, ...] = ()
    published: Path | None = None

    def lines(self) -> Iterator[str]:
        """Yield what there is to say, the name of an author never."""
        verb = "masked in" if self.request.what == "author" else "removed:"
        done = "" if self.published else "would be "
        said = f"{some(self.found.records, 'record')} of {some(self.found.files, 'file')}"
        yield f"{done}{verb} {said}".capitalize()
        yield from self.left
        if self.published:
            yield f"Published: {self.published}"


def forget(
    project: Project, request: Request, run: Run, progress: Progress, *, wait: bool = True
) -> Forgot:
    """Forget, and make warehouse and published file anew from what is left."""
    with locked(project.data_dir, wait=wait, say=progress.say):
        forgetting.resume(project)
        forgetting.check(project, request)
        refreshing.tidy(project)
        seal(project.inbox, project.landing, progress.say)
        forgetting.begin(project, request)
        found = forgetting.perform(project, request, datetime.now(UTC))
        left = tuple(still(project, request))
        outcome = refreshing.made_anew(project, run, progress)
    return Forgot(request, found, left, outcome.published)


def counted(project: Project, request: Request, progress: Progress, *, wait: bool) -> Forgot:
    """Count what would be forgotten; what is in the inbox is sealed first, and nothing else."""
    with locked(project.data_dir, wait=wait, say=progress.say):
        forgetting.check(project, request)
        seal(project.inbox, project.landing, progress.say)
        found = forgetting.carry_out(project, request, is_dry=True)
    return Forgot(request, found)


def still(project: Project, request: Request) -> Iterator[str]:
    """Yield where what is forgotten still stands, and what that means."""
    if request.what == "source" and request.name in project.kinds:
        yield "The configuration still names it: the next refresh reads it again."
    if request.what == "scope":
        yield "A scope that the configuration still reads comes again with the next refresh."
    if request.what == "author":
        masks = forgotten.known(project.landing).only(request.name)
        if masks.text(dump(project.configuration)) != dump(project.configuration):
            yield "The configuration still names the author."
        if count := sum(named(masks, project)):
            yield (
                f"In {some(count, 'record')} the name still stands inside another name, an id, "
                "an address or a path."
            )


def some(count: int, what: str) -> str:
    """Say how many there are of something."""
    return f"{count:,} {what}{'s' * (count != 1)}"


def named(masks: forgotten.Forgotten, project: Project) -> Iterator[int]:
    """Yield for each file how many records still have the name anywhere."""
    for file in project.landing.files():
        frame = read(project.landing, file)
        yield sum(masks.is_named(" ".join(map(str, row))) for row in frame.iter_rows())


def compact(project: Project, progress: Progress, *, wait: bool = True) -> Rewritten:
    """Compact the landing zone; the next refresh makes its raw tables anew from it."""
    with locked(project.data_dir, wait=wait, say=progress.say), forgetting.sealing(project):
        return compacting.compacted(project.landing)
