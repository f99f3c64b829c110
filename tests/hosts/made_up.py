"""A made-up host without a server: what is asked of it is what a test put there."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors import Batch, Cursor, Failure, SourceError, SourceUnavailable
from connectors.hosts.api import Access, Repository
from connectors.hosts.survey import Survey


@dataclass
class MadeUp:
    """An Api of surveys by full name; one that is an error is raised."""

    surveys: dict[str, Survey | SourceError]
    failures: dict[str, str] = field(default_factory=dict)
    accesses: tuple[Access, ...] = ()
    environments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    host: str = "git.example.org"
    is_down: bool = False
    surveyed: list[str] = field(default_factory=list)

    def repositories(self) -> Iterator[Repository | Failure]:
        """Yield a repository for every survey."""
        if self.is_down:
            raise SourceUnavailable("git.example.org does not answer; try again later")
        for name, said in self.failures.items():
            yield Failure("repositories", name, SourceUnavailable(said))
        for name, survey in self.surveys.items():
            yield Repository(
                id=f"id of {name}",
                full_name=name,
                url=f"https://git.example.org/{name}",
                is_archived=isinstance(survey, Survey) and survey.is_archived,
                environments=self.environments.get(name, ()),
            )

    def batches(
        self, entity: str, repository: Repository, scope: str, cursor: Cursor
    ) -> Iterator[Batch]:
        """Refuse: nobody collects here."""
        raise AssertionError(f"{entity} of {scope} were collected")

    def clone_url(self, repository: Repository) -> str:
        """Refuse: nobody collects here."""
        raise AssertionError(f"{repository.full_name} was cloned")

    def survey(self, repository: Repository) -> Survey:
        """Return the survey."""
        self.surveyed.append(repository.full_name)
        found = self.surveys[repository.full_name]
        if isinstance(found, SourceError):
            raise found
        return found

    def access(self) -> Iterator[Access]:
        """Yield what was put there."""
        yield from self.accesses
