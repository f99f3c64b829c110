"""The CODEOWNERS of a repository's main line, rule by rule: teams alone, never a person."""

from collections.abc import Iterator

from connectors import codeowners
from connectors.git.clone import Remote
from connectors.git.command import Repository, run
from connectors.records import Record


def owners(
    repository: Repository, remote: Remote | None, commit: str, *, is_gitlab: bool
) -> Iterator[Record]:
    """Yield the rules of the file at ``commit``, in its order; none without such a file."""
    listed = repository.ask("ls-tree", "-z", "--full-tree", commit, "--", *codeowners.PLACES)
    # A link leads anywhere, so only a file of its own counts, as it does for the hosts.
    files = dict(
        (path, about.split()[2])
        for about, _, path in (line.partition("\t") for line in listed.split("\0"))
        if about.startswith("100")
    )
    place = codeowners.place(files, is_gitlab=is_gitlab)
    if place is None:
        return
    is_gitlab = is_gitlab or place.startswith(".gitlab/")
    namespace = repository.scope.partition("/")[0] if is_gitlab else ""
    text = content(repository, remote, files[place])
    for number, rule in enumerate(codeowners.rules(text, is_gitlab=is_gitlab), start=1):
        teams = (name for name in rule.owners if codeowners.team(name, namespace))
        payload = {"section": rule.section, "pattern": rule.pattern, "owners": " ".join(teams)}
        yield Record("owners", f"{number:06}", payload)


def content(repository: Repository, remote: Remote | None, blob: str) -> str:
    """Return a file's text; a clone without files fetches this one from its remote."""
    if remote is None:
        return repository.ask("cat-file", "blob", blob)
    arguments = ["-C", str(repository.path), "cat-file", "blob", blob]
    return run(arguments, repository.scope, remote.variables()).stdout
