import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from pipelines.configuration import json_schema, load
from pipelines.configuration.description import row, settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "drumbeat.example.yaml"
PAGERS = (
    "pagerduty", "opsgenie", "jira", "incident_io", "statuspage", "servicenow", "grafana_irm",
)  # fmt: skip
FLAGS = ("unleash", "launchdarkly", "flagsmith")
CLUSTERS = ("kubernetes", "kubernetes", "spinnaker")
# Mappings whose keys are names that people choose.
NAMES = {setting.key for setting in settings() if setting.type == "a mapping of names to texts"}


def test_the_published_schema_is_current():
    published = (ROOT / "docs" / "drumbeat.schema.json").read_text()

    assert published == json_schema(), "write json_schema() to docs/drumbeat.schema.json again"


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.key)
def test_every_setting_is_documented_as_it_is(setting):
    assert setting.meaning
    assert setting.meaning.endswith((".", "?"))
    assert row(setting) in (ROOT / "docs" / "configuration.md").read_text().splitlines()


def test_no_setting_is_documented_that_is_not():
    text = (ROOT / "docs" / "configuration.md").read_text()
    documented = re.findall(r"^\| `([a-z_.\[\]]+)` \|", text.split("## Every key")[1], re.MULTILINE)

    assert sorted(documented) == sorted(setting.key for setting in settings())


def test_the_example_loads(example):
    found = load(example)

    assert found.organisation == "Acme"
    kinds = [source.kind for source in found.sources]
    assert kinds == [
        "git", "github", "github", "gitlab", "gitlab", *PAGERS, *FLAGS, *CLUSTERS,
        "flagd", "code_references", "events", "files", "demo",
    ]  # fmt: skip


def test_the_example_has_every_setting():
    # A service's own rules are keys of `definitions`, described there.
    written = {
        key
        for key in _keys(yaml.safe_load(EXAMPLE.read_text()), "")
        if not key.startswith("services[].definitions.")
    }

    assert written == {s.key for s in settings()}


def test_the_definitions_of_the_example_are_the_defaults(example):
    found = load(example)

    assert found.definitions == type(found.definitions)()


def test_the_example_satisfies_the_schema():
    jsonschema.validate(_texts(yaml.safe_load(EXAMPLE.read_text())), json.loads(json_schema()))


@pytest.mark.parametrize(
    "data", [{}, {"sources": []}, {"sources": [{"kind": "x"}]}, {"sources": [{"kind": "git"}]}]
)
def test_the_schema_refuses_what_loading_refuses(data):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json.loads(json_schema()))


def _keys(data: object, prefix: str) -> set[str]:
    found: set[str] = set()
    if isinstance(data, dict):
        for key, value in data.items():
            found.add(f"{prefix}{key}")
            found |= set() if f"{prefix}{key}" in NAMES else _keys(value, f"{prefix}{key}.")
    if isinstance(data, list):
        for item in data:
            kind = item.get("kind", "") if isinstance(item, dict) else ""
            found |= _keys(item, f"{prefix.removesuffix('.')}[{kind}].")
    return found


def _texts(data: object) -> object:
    return json.loads(json.dumps(data, default=str))
