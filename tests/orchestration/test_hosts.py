from dataclasses import replace
from pathlib import Path

import dagster as dg

from pipelines import reaching
from pipelines.configuration import parse
from pipelines.orchestration import sources
from pipelines.orchestration.warehouse import Warehouse
from pipelines.warehouse import opened
from tests.orchestration.running import run, small

REACHED = dg.AssetKey(reaching.TABLE.split("."))


def test_a_run_writes_down_how_far_back_sources_are_read(tmp_path):
    project = small(tmp_path)

    result = run(project, asset_selection=[REACHED], run_config={})

    (event,) = result.get_asset_materialization_events()
    assert event.materialization.metadata["dagster/row_count"].value == 0


def test_a_host_that_can_not_be_signed_in_to_is_told_and_stops_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("KEY", "no key at all")
    app = "{kind: github, app: {id: 1, private_key: '${KEY}'}, repositories: a/b}"
    files = f"{{kind: files, name: files, path: {tmp_path / 'files'}}}"
    text = f"sources: [{app}, {files}]"
    project = replace(small(tmp_path), configuration=parse(text, Path("drumbeat.yaml")))

    with opened(":memory:") as con:
        warehouse = Warehouse(project, con)
        (github, _) = project.configuration.sources
        failed = sources.collect_entity(warehouse, github, "changes")
        assert sources.has(warehouse, github, "changes")

    assert failed.is_failed
    assert "private_key" in str(sources.told(failed))
