"""The CODEOWNERS of a repository's main line, rule by rule: teams alone, never a person."""

from collections.abc import Iterator

from connectors.codeowners import PLACES, rules, team
from connectors.git.clone import Remote
from connectors.git.command import Repository, run
from connectors.records import Record


def owners(repository: Repository, remote: Remote | None, commit: str) -> Iterator[Record]:
    """Yield the rules of the file at ``commit``, in its order; none without such a file."""
    listed = repository.ask("ls-tree", "-z", "--full-tree", commit, "--", *PLACES)
    # A link leads anywhere, so only a file of its own counts, as it does for the hosts.
    files = dict(
        (path, about.split()[2])
        for about, _, path in (line.partition("\t") for line in listed.split("\0"))
        if about.startswith("100")
    )
    place = next((place for place in PLACES if place in files), None)
    if place is None:
        return
    for number, rule in enumerate(rules(content(repository, remote, files[place])), start=1):
        payload = {"section": rule.section, "pattern": rule.pattern}
        payload["owners"] = " ".join(name for name in rule.owners if team(name))
        yield Record("owners", f"{number:06}", payload)


def content(repository: Repository, remote: Remote | None, blob: str) -> str:
    """Return a file's text; a clone without files fetches this one from its remote."""
    if remote is None:
        return repository.ask("cat-file", "blob", blob)
    arguments = ["-C", str(repository.path), "cat-file", "blob", blob]
    return run(arguments, repository.scope, remote.variables()).stdout
