"""What doctor says of pagers and incident tools."""

from dataclasses import dataclass, field

import pytest

from connectors import SourceUnavailable
from connectors.hosts.api import Access
from connectors.pagers import Pager
from pipelines import pagers
from pipelines.configuration import parse
from pipelines.examining import examine
from pipelines.examining_pagers import examine_pager
from pipelines.project import Project


@dataclass
class Closing:
    closed: int = 0

    def close(self):
        self.closed += 1


@dataclass
class Fake:
    """A tool that says what it is told to, and then breaks where it is told to."""

    accesses: tuple[Access, ...] = ()
    error: SourceUnavailable | None = None
    client: Closing = field(default_factory=Closing)

    def access(self):
        yield from self.accesses
        if self.error:
            raise self.error


def examined(api):
    return [finding.text() for finding in examine_pager("pager", Pager(api))]


def test_each_thing_that_the_tool_shows_is_told_and_connections_are_closed():
    api = Fake((Access("services", "12 seen"), Access("quota", "is low", "look")))

    assert examined(api) == ["ok    pager: services: 12 seen", "look  pager: quota: is low"]
    assert api.client.closed == 1


def test_a_token_that_is_refused_is_to_be_mended():
    api = Fake((Access("token", "it was refused (401)", "mend"),))

    assert examined(api) == ["mend  pager: token: it was refused (401)"]


def test_a_tool_that_breaks_half_way_keeps_what_it_said():
    api = Fake((Access("incidents", "can be read"),), SourceUnavailable("it does not answer"))

    assert examined(api) == [
        "ok    pager: incidents: can be read",
        "mend  pager: it does not answer",
    ]


def test_words_of_the_tool_can_not_command_a_terminal():
    assert examined(Fake((Access("jql", "a\x1b[31m\nb"),))) == ["ok    pager: jql: a?[31m b"]


def test_a_file_without_certificates_is_to_be_mended(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "made-up")
    (tmp_path / "own.pem").write_text("made up\n")
    source = "{kind: pagerduty, token: '${TOKEN}', ca: own.pem}"
    found = parse(f"sources: [{source}]", tmp_path / "drumbeat.yaml")

    said = [finding.text() for finding in examine(Project(found, tmp_path))]

    assert any(line.startswith("mend  pagerduty: token: PagerDuty, services: its") for line in said)


@pytest.mark.parametrize("kind", ["pagerduty", "opsgenie", "incident_io"])
def test_doctor_asks_every_pager_of_the_file(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "made-up")
    api = Fake((Access("incidents", "can be read"),))
    monkeypatch.setattr(pagers, "api", lambda project, source: api)
    found = parse(f"sources: [{{kind: {kind}, token: '${{TOKEN}}'}}]", tmp_path / "drumbeat.yaml")

    said = [finding.text() for finding in examine(Project(found, tmp_path))]

    assert f"ok    {kind}: incidents: can be read" in said
