"""docs/metrics.md tells of every metric, every rule and every file that makes them."""

import re
from pathlib import Path

import pytest

import sql
from pipelines.configuration import Definitions
from pipelines.configuration.description import settings as every_setting
from pipelines.settings import DEFINED_BY
from sql.names import WINDOWS, metric

ROOT = Path(sql.__file__).parents[1]
TEXT = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
SECTIONS = dict(
    (part.split("\n", 1)[0], part) for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
)
BESIDE = ("Stages of lead time", "Wait for production")
KEY = re.compile(r"`((?:definitions|services\[\]|calendar)\.[\w.\[\]]+|industry|bots|teams)`")
FILE = re.compile(r"`(sql/[\w/]+\.sql)`")
PARTS = ("Question", "Rule", "Settings", "SQL", "Interval", "What it does not see")


def keys(section):
    return {key.removeprefix("definitions.") for key in KEY.findall(SECTIONS[section])}


@pytest.mark.parametrize("name", WINDOWS)
def test_every_metric_has_a_section_under_its_name(name):
    assert f"`{name}`" in SECTIONS[metric(name)]


def test_the_metrics_are_those_of_the_mart():
    told = set(re.findall(r"'(\w+)' as metric", sql.model("marts.metrics").text))

    assert set(WINDOWS) == set(DEFINED_BY)
    assert told <= set(WINDOWS)
    assert {f"marts.{name}" for name in WINDOWS} <= set(sql.upstream(sql.model("marts.metrics")))


@pytest.mark.parametrize("section", [*(metric(name) for name in WINDOWS), *BESIDE])
def test_a_section_says_all_that_has_to_be_known(section):
    told = re.findall(r"^\*\*([^*]+)\.\*\* \S", SECTIONS[section], flags=re.MULTILINE)

    assert told == list(PARTS)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_metric_names_every_setting_that_its_definition_is_made_of(name):
    rules = keys(metric(name)) & set(Definitions.model_fields) - {"minimum_count"}

    assert rules == set(DEFINED_BY[name])


@pytest.mark.parametrize("name", WINDOWS)
def test_a_metric_names_the_file_that_holds_its_sql(name):
    assert f"sql/marts/{name}.sql" in FILE.findall(SECTIONS[metric(name)])


def test_every_file_that_is_named_is_there():
    named = FILE.findall(TEXT)

    assert len(named) > 20
    assert [file for file in named if not (ROOT / file).is_file()] == []


def test_every_key_that_is_named_is_a_setting():
    known = {one.key for one in every_setting()}
    named = set(KEY.findall(TEXT))

    assert len(named) > 20
    assert {key for key in named if not any(one.startswith(key) for one in known)} == set()


def test_every_rule_is_named_somewhere():
    named = {key.removeprefix("definitions.") for key in KEY.findall(TEXT)}

    assert set(Definitions.model_fields) - named == set()


def test_every_mart_of_quality_levels_and_warnings_is_named():
    named = set(FILE.findall(TEXT))
    families = ("_findings", "_warnings", "bands", "quick_check", "warnings")
    wanted = {
        f"sql/{model.layer}/{model.name}.sql"
        for model in sql.models()
        if model.layer == "marts" and model.name.endswith(families)
    }

    assert wanted - named == set()


def test_every_mart_that_makes_a_metric_is_named():
    made = {table for table in upstream("marts.metrics") if table.startswith("marts.")}
    named = {
        file.removesuffix(".sql").replace("sql/", "").replace("/", ".")
        for file in FILE.findall(TEXT)
    }

    assert made - named == set()


def upstream(table):
    """Return all marts that a mart is made from."""
    found, waiting = set(), [table]
    while waiting:
        for other in sql.upstream(sql.model(waiting.pop())):
            if other.startswith("marts.") and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def test_every_kind_of_warning_is_in_the_table():
    told = set(
        re.findall(r"^\| ([a-z -]+) \| [a-z]", SECTIONS["Words beside a number"], re.MULTILINE)
    )
    column = next(one for one in sql.model("marts.warnings").columns if one.name == "kind")
    kinds = {kind.strip(" .") for kind in re.split(r",| or ", column.description)}

    assert told - {"warning"} == kinds
