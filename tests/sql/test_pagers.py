"""Incidents of pagers: which count, what they are called, whose they are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors import Batch, Cursor, Record
from pipelines.collecting import Collection
from pipelines.configuration import parse
from pipelines.landing import run_names
from pipelines.project import Project
from tests.sql.hosts import AS_OF, built, payload

SERVICES = [{"name": "shop"}, {"name": "search"}]


@dataclass
class Tool:
    """What one tool tells; its own connector."""

    told: dict[str, list[Record]] = field(default_factory=dict)

    def tell(self, entity: str, record_id: str, **fields: Any) -> "Tool":
        """Say one thing; times are ``2 09:00``, in March 2026."""
        self.told.setdefault(entity, []).append(Record(entity, record_id, payload(fields)))
        return self

    def incident(self, record_id: str, **fields: Any) -> "Tool":
        """Say that there is an incident."""
        known = {"title": "Slow", "services": "shop", "urgency": "high", "started_at": "2 09:00"}
        return self.tell("incidents", record_id, **{**known, **fields})

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Yield everything of the entity."""
        yield Batch(entity, "", self.told.get(entity, []))


@contextmanager
def organisation(folder: Path, tool: Tool, ours=SERVICES, **keys: Any):
    source = {"kind": "pagerduty", "name": "pager", "token": "${PAGER_TOKEN}", **keys}
    text = yaml.safe_dump({"sources": [source], "services": ours}, sort_keys=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAGER_TOKEN", "told-by-a-test-and-long")
        found = Project(parse(text, folder / "drumbeat.yaml"), folder / "data")
    names = run_names(found.landing, "pager", AS_OF)
    for entity in tool.told:
        part = Collection(found.landing, "pager", entity, names, now=lambda: AS_OF)
        part.run(tool, lambda count: None)
    with built(found) as con:
        yield con


def incidents(con) -> list[tuple[Any, ...]]:
    return con.sql("select incident_id, service from facts.incidents order by all").fetchall()


def test_a_low_urgency_is_no_incident_unless_the_file_says_so(tmp_path):
    tool = Tool().incident("P1").incident("P2", urgency="low").incident("P3", urgency=None)

    with organisation(tmp_path / "default", tool) as con:
        assert incidents(con) == [("P1", "shop"), ("P3", "shop")]
    with organisation(tmp_path / "both", tool, urgencies=["high", "low"]) as con:
        assert incidents(con) == [("P1", "shop"), ("P2", "shop"), ("P3", "shop")]


def test_planned_maintenance_and_what_was_merged_into_another_are_none(tmp_path):
    tool = Tool().incident("P1").incident("P2", is_maintenance=True)
    tool.incident("P3", merged_into="P1")

    with organisation(tmp_path, tool) as con:
        assert incidents(con) == [("P1", "shop")]


def test_an_incident_of_several_services_is_one_of_each(tmp_path):
    with organisation(tmp_path, Tool().incident("P1", services="shop;search;other")) as con:
        assert incidents(con) == [("P1", "search"), ("P1", "shop")]


def test_one_that_no_service_claims_is_kept_and_told_of(tmp_path):
    with organisation(tmp_path, Tool().incident("P1", services="other")) as con:
        assert incidents(con) == [("P1", None)]
        told = con.sql(
            "select remedy from marts.data_quality where kind = 'incident without a service'"
        ).fetchall()

    assert told == [("Add to a service: `incidents: {services: [other]}`",)]


def test_the_first_name_that_matches_says_whose_it_is_by_name_id_or_label(tmp_path):
    tool = (
        Tool()
        .incident("P1", services="Checkout", service_ids="PX1")
        .incident("P2", services="Web", service_ids="PX2", labels="team:search")
        .incident("P3", services="Checkout EU")
    )
    names = {"PX1": "shop", "team:search": "search", "Checkout *": "shop", "*EU": "search"}

    with organisation(tmp_path, tool, services=names) as con:
        assert incidents(con) == [("P1", "shop"), ("P2", "search"), ("P3", "shop")]


def test_a_service_claims_an_id_by_itself(tmp_path):
    tool = Tool().incident("P1", services="Checkout", service_ids="PX42")
    services = [{"name": "shop", "incidents": {"services": ["PX42*"]}}]

    with organisation(tmp_path, tool, services) as con:
        assert incidents(con) == [("P1", "shop")]


def test_severities_are_called_what_the_file_calls_them(tmp_path):
    tool = (
        Tool()
        .incident("P1", severity="SEV1")
        .incident("P2", severity="SEV3")
        .incident("P3", priority="P1")
        .incident("P4")
    )
    told = {"severities": {"SEV1": "critical"}, "priorities": {"P1": "critical"}}

    with organisation(tmp_path, tool, **told) as con:
        found = con.sql("select incident_id, severity from facts.incidents order by all")
        assert found.fetchall() == [
            ("P1", "critical"), ("P2", "SEV3"), ("P3", "critical"), ("P4", None),
        ]  # fmt: skip


def test_only_and_leave_out_say_what_counts(tmp_path):
    tool = (
        Tool()
        .incident("P1", labels="outage;web", status="resolved")
        .incident("P2", labels="drill")
        .incident("P3")
        .incident("P4", labels="outage", status="declined")
    )
    told = {"only": {"labels": ["outage"]}, "leave_out": {"statuses": ["declined"]}}

    with organisation(tmp_path, tool, **told) as con:
        assert incidents(con) == [("P1", "shop")]


def test_one_resolved_before_it_began_is_kept_and_told_of(tmp_path):
    tool = Tool().incident("P1", started_at="2 10:00", resolved_at="2 09:00")

    with organisation(tmp_path, tool) as con:
        assert incidents(con) == [("P1", "shop")]
        kinds = con.sql("select distinct kind from marts.data_quality").fetchall()

    assert ("incident resolved before it began",) in kinds


def test_change_events_are_deployments_unless_the_file_says_which(tmp_path):
    tool = Tool().tell(
        "deployments", "C1", name="Deploy shop", services="shop", finished_at="2 09:00"
    )
    tool.tell("deployments", "C2", name="Config", services="shop", finished_at="2 10:00")
    query = "select deployment_id from facts.deployments order by all"

    with organisation(tmp_path / "all", tool) as con:
        assert con.sql(query).fetchall() == [("C1",), ("C2",)]
    with organisation(tmp_path / "some", tool, change_events=["Deploy*"]) as con:
        assert con.sql(query).fetchall() == [("C1",)]
