"""Looks at what the repositories of a host really use, side by side, landing nothing."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from connectors import SourceError
from pipelines.progress import Progress, Task

if TYPE_CHECKING:
    from connectors.hosts.api import Api, Repository
    from connectors.hosts.survey import Survey

WORKERS = 4
Answer = tuple[str, "Survey | SourceError"]


def surveyed(
    api: "Api", repositories: Sequence["Repository"], progress: Progress
) -> tuple[dict[str, "Survey"], dict[str, str]]:
    """Survey repositories; return surveys, and why others could not be, both by id.

    One that fails stops no other.
    """
    from connectors.hosts.threads import side_by_side

    with progress.task(f"Looking at {api.host}", len(repositories)) as task:
        jobs = [partial(_survey, api, repository, task) for repository in repositories]
        answers = dict(side_by_side(jobs, WORKERS))
    failed = {id: str(said) for id, said in answers.items() if isinstance(said, SourceError)}
    ordered = (repository.id for repository in repositories)
    surveys = {id: answers[id] for id in ordered if id not in failed}
    return surveys, failed  # type: ignore[return-value]


def _survey(api: "Api", repository: "Repository", task: Task) -> Iterator[Answer]:
    try:
        yield repository.id, api.survey(repository)
    except SourceError as error:
        yield repository.id, error
    task.advance()
