"""Makes the connectors that read flags in code: flagd's files, and references to keys."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from connectors import Connector, SourceMisconfigured
from pipelines.configuration import GitHubSource, GitLabSource, GitSource
from pipelines.configuration.flag_tools import AnyFlagCode, FlagdSource
from pipelines.errors import NothingPublished
from pipelines.project import Project
from pipelines.publishing import current
from pipelines.warehouse import opened

if TYPE_CHECKING:
    from connectors.flags.checkout import Checkout

DEPLOYED = """
select repository, commit_sha
from facts.deployments
where is_production and status = 'success' and commit_sha is not null and repository is not null
qualify row_number() over (
    partition by repository order by finished_at desc, deployment_id desc
) = 1
order by repository
"""
KEYS = "select distinct flag_key from facts.flags order by flag_key"


def flag_code(project: Project, source: AnyFlagCode) -> Connector:
    """Make the connector; what is deployed and which flags there are is what was published last."""
    from connectors.flags.flagd import Flagd
    from connectors.flags.references import CodeReferences, Search

    if isinstance(source, FlagdSource):
        found = dict(places(project, source.name))
        if source.repository not in found:
            raise SourceMisconfigured(
                f"{source.name}: no source has a repository {source.repository!r}; "
                f"mend `repository`, it is one of {', '.join(sorted(found)) or 'none so far'}"
            )
        checkout = found[source.repository]
        return Flagd(checkout, source.paths, source.environment, source.removal_words)
    commits, keys = published(project)
    searches = [
        Search(checkout, commits[name])
        for name, checkout in places(project, source.name)
        if name in commits and any(fnmatchcase(name, glob) for glob in source.repositories)
    ]
    return CodeReferences(searches, keys)


def published(project: Project) -> tuple[Mapping[str, str], list[str]]:
    """Return the deployed commit of each repository and the keys of all flags; none at first."""
    # A refresh begins here, and makes another of a file that can not be read.
    with suppress(NothingPublished), opened(current(project.serving), read_only=True) as con:
        tables = {
            name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()
        }
        if "flags" in tables:
            keys = [key for (key,) in con.execute(KEYS).fetchall()]
            return dict(con.execute(DEPLOYED).fetchall()), keys
    return {}, []


def places(project: Project, name: str) -> Iterator[tuple[str, "Checkout"]]:
    """Yield every repository that a source of the configuration has, and where it is fetched."""
    from connectors.flags.checkout import Checkout

    def checkout(repository: str, location: str, ca: Path | None = None) -> Checkout:
        folder = project.data_dir / "clones" / name / f"{quote(repository, safe='')}.git"
        return Checkout(folder, location, repository, ca)

    for source in project.configuration.sources:
        if isinstance(source, GitSource):
            yield source.repository, checkout(source.repository, source.location)
        elif isinstance(source, GitHubSource | GitLabSource):
            for repository, location in hosted(project, source):
                yield repository, checkout(repository, location, source.ca)


def hosted(project: Project, source: GitHubSource | GitLabSource) -> Iterator[tuple[str, str]]:
    """Yield the repositories of a code host as they were listed last, and where git reads them."""
    from connectors.hosts.api import Repository
    from pipelines.hosts import api

    known = project.landing.cursors(source.name, "repositories")
    asked = api(project, source)
    for scope, told in known.items():
        if not told.get("is_gone"):
            name = str(told.get("full_name") or scope)
            url = asked.clone_url(Repository(str(told.get("id")), name, str(told.get("url") or "")))
            yield scope, url
