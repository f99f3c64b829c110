"""Looks at configuration, sources and data, and says what to mend."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from connectors import Failure, SourceError
from pipelines import windows
from pipelines.configuration import (
    AnyCluster,
    AnyFlagTool,
    AnyPager,
    AnySource,
    FilesSource,
    GitHubSource,
    GitLabSource,
)
from pipelines.errors import DrumbeatError
from pipelines.findings import Finding
from pipelines.progress import Progress
from pipelines.project import Project
from pipelines.publishing import current

SUMMARY = """
select kind, count(*) as found, min(subject) as example, min(effect) as effect,
    min(remedy) as remedy, max(metrics) as metrics
from marts.data_quality group by kind order by found desc, kind
"""


def examine(project: Project) -> Iterator[Finding]:
    """Yield what was found."""
    configuration = project.configuration
    services = (
        f"{len(configuration.services)} services" if configuration.services else "no services"
    )
    named = "" if configuration.services else ", so all that the data names"
    sources = len(configuration.sources)
    yield Finding("configuration", f"sources: {sources}; {services}{named}")
    yield git()
    for source in configuration.sources:
        if lack := configuration.lacking.get(source.name):
            yield Finding(source.name, lack, "mend")
        elif isinstance(source, GitHubSource | GitLabSource):
            yield from host(project, source)
        elif isinstance(source, AnyPager | AnyFlagTool):
            yield from tool(project, source)
        elif isinstance(source, AnyCluster):
            yield from delivery(project, source)
        else:
            yield reach(project, source)
    yield from data(project)


def git() -> Finding:
    """Look for git itself."""
    found = shutil.which("git")
    if not found:
        return Finding("git", "is not installed; install it with your system's packages", "mend")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    return Finding("git", told.stdout.strip())


def host(project: Project, source: GitHubSource | GitLabSource) -> Iterator[Finding]:
    """Ask a Git host what it lets be seen."""
    from pipelines.examining_hosts import examine_host
    from pipelines.hosts import code_host

    try:
        connector = code_host(project, source)
    except SourceError as error:
        yield Finding(source.name, str(error), "mend")
        return
    yield from examine_host(source, project.configuration, connector, Progress())


def tool(project: Project, source: AnyPager | AnyFlagTool) -> Iterator[Finding]:
    """Ask a pager, an incident tool or a flag tool what it lets be seen."""
    from connectors.pagers import Pager
    from pipelines.examining_pagers import examine_pager

    connector = project.connector(source)
    assert isinstance(connector, Pager)
    yield from examine_pager(source.name, connector)


def delivery(project: Project, source: AnyCluster) -> Iterator[Finding]:
    """Ask a cluster or delivery tool what it lets be seen."""
    from pipelines.clusters import cluster
    from pipelines.examining_pagers import examine_pager

    try:
        connector = cluster(project, source)
    except SourceError as error:
        yield Finding(source.name, str(error), "mend")
        return
    yield from examine_pager(source.name, connector)


def reach(project: Project, source: AnySource) -> Finding:
    """Ask a source for something small."""
    try:
        connector = project.connector(source)
        if not connector.entities:
            return Finding(source.name, "is pushed to, by way of `drumbeat receive`")
        if isinstance(source, FilesSource):
            tables = [table for table in connector.entities if list(connector.collect(table, {}))]
            if not tables:
                return Finding(source.name, f"{source.path} holds no table", "mend")
            return Finding(source.name, f"reads {', '.join(tables)} in {source.path}")
        read = 0
        for batch in connector.collect(connector.entities[-1], {}):
            if isinstance(batch, Failure):
                raise batch.error
            read += len(batch.rows)
    except SourceError as error:
        return Finding(source.name, str(error), "mend")
    return Finding(source.name, f"answers, {read} {connector.entities[-1]}")


def data(project: Project) -> Iterator[Finding]:
    """Look at what is published, if anything is and can be read."""
    try:
        yield from published(project, current(project.serving))
    except DrumbeatError as error:
        yield Finding("data", str(error), "mend")


def published(project: Project, file: Path) -> Iterator[Finding]:
    """Look at a published file; raises DrumbeatError where it can not be read."""
    from pipelines.examining_alerts import examine_alerts

    with windows.published(file) as con:
        ((as_of,),) = con.execute("select as_of from config.run").fetchall()
        yield Finding("data", f"published as of {as_of:%Y-%m-%d %H:%M} UTC")
        yield from examine_alerts(project.configuration.alerts, con)
        for kind, found, example, effect, remedy, metrics in con.execute(SUMMARY).fetchall():
            touched = f" Touches {metrics.replace('_', ' ')}." if metrics else ""
            yield Finding(kind, f"{found}, such as {example}. {effect} {remedy}{touched}", "look")
