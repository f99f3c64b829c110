"""Looks at configuration, sources and data, and says what to mend."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from connectors import SourceError
from pipelines.configuration import AnySource, FilesSource
from pipelines.errors import NothingPublished
from pipelines.project import Project
from pipelines.publishing import current
from pipelines.warehouse import opened

SUMMARY = """
select kind, count(*) as found, min(subject) as example, any_value(effect order by effect),
    any_value(remedy order by remedy)
from marts.data_quality group by kind order by found desc, kind
"""


Level = Literal["ok", "look", "mend"]
"""mend: something does not work; look: it works, and this is left out or doubtful."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    said: str
    level: Level = "ok"

    def text(self) -> str:
        """Return the finding as one line."""
        return f"{self.level:<4}  {self.subject}: {self.said}"


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
        yield reach(project, source)
    yield from data(project)


def git() -> Finding:
    """Look for git itself."""
    found = shutil.which("git")
    if not found:
        return Finding("git", "is not installed; install it with your system's packages", "mend")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    return Finding("git", told.stdout.strip())


def reach(project: Project, source: AnySource) -> Finding:
    """Ask a source for something small."""
    try:
        connector = project.connector(source)
        if isinstance(source, FilesSource):
            tables = [table for table in connector.entities if list(connector.collect(table, {}))]
            if not tables:
                return Finding(source.name, f"{source.path} holds no table", "mend")
            return Finding(source.name, f"reads {', '.join(tables)} in {source.path}")
        read = sum(len(batch.rows) for batch in connector.collect(connector.entities[-1], {}))
    except SourceError as error:
        return Finding(source.name, str(error), "mend")
    return Finding(source.name, f"answers, {read} {connector.entities[-1]}")


def data(project: Project) -> Iterator[Finding]:
    """Look at what is published."""
    try:
        file = current(project.serving)
    except NothingPublished as error:
        yield Finding("data", str(error), "mend")
        return
    with opened(file, read_only=True) as con:
        ((as_of,),) = con.sql("select as_of from config.run").fetchall()
        yield Finding("data", f"published as of {as_of:%Y-%m-%d %H:%M} UTC")
        for kind, found, example, effect, remedy in con.sql(SUMMARY).fetchall():
            yield Finding(kind, f"{found}, such as {example}. {effect} {remedy}", "look")
