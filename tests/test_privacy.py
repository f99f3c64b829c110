"""Services, never persons: who did something is named nowhere that anybody reads."""

import re
import shutil
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from pipelines import publishing, settings, windows
from pipelines.command_line import drumbeat
from pipelines.configuration import ConfigurationError, load, parse
from pipelines.configuration.description import settings as every_setting
from pipelines.project import Project
from pipelines.receiving import asked, gauges, telling
from pipelines.reports import weekly
from pipelines.warehouse import opened
from tests import told_persons
from tests.support import rows
from tests.told_persons import MAIL, TOKEN

APP = Path(publishing.__file__).parents[1] / "dashboard" / "app.py"
DEMO = r"\bdev-[0-9]{2}\b"
ALSO = ("hosts__deployments", "hosts__runs", "events__events")
PERSON = re.compile(
    r"person|author|login|e-?mail|reviewer|committer|assignee|developer|contributor|engineer|user"
    r"|member|approver|responder|deployed_by|merged_by",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return told_persons.organisation(tmp_path_factory.mktemp("persons"))


@pytest.fixture(scope="module")
def copied(told, tmp_path_factory):
    """A copy of what is published, for the pages open it under another configuration."""
    folder = tmp_path_factory.mktemp("shown")
    shutil.copytree(told.serving, folder / "serving", symlinks=True)
    return folder


@pytest.fixture
def shown(copied, monkeypatch):
    """Open a page over the copy."""

    def page(name):
        monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(copied))
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        return app.switch_page(f"views/{name}.py").run() if name else app

    return page


@pytest.fixture(scope="module")
def made_up(demo):
    return Project(load(demo / "drumbeat.yaml"), demo)


def naming(con, pattern, *layers):
    """Return the tables of which a row names somebody."""
    names = rows(
        con,
        "select concat(schema_name, '.', table_name) from duckdb_tables() where not internal "
        "and database_name = current_database() and ($1 or list_contains($2, schema_name))",
        not layers,
        list(layers),
    )
    assert len(names) > 20
    matched = "select count(*) from {0} as whole where regexp_matches(lower(whole::text), $1)"
    return {
        name: found
        for (name,) in names
        if (found := rows(con, matched.format(name), pattern)[0][0])
    }


def test_the_sources_do_name_persons(told, made_up):
    with opened(told.warehouse, read_only=True) as con:
        found = naming(con, TOKEN, "raw")
        for place in ("files__deployments", "files__changes", "files__commits", "hosts__changes"):
            assert found[f"raw.{place}"] > 1, place
        assert {f"raw.{name}" for name in ALSO} <= found.keys()
    with opened(made_up.warehouse, read_only=True) as con:
        assert naming(con, DEMO, "raw")["raw.files__changes"] > 100


def test_no_fact_and_no_mart_names_a_person_published_or_not(told, made_up):
    for found, pattern in ((told, TOKEN), (made_up, DEMO)):
        with opened(found.warehouse, read_only=True) as con:
            assert naming(con, pattern, "marts") == {}
            facts = naming(con, pattern, "facts")
            # Labels and branches tell hotfixes, and are no column of what is published.
            private = {"told_changes", "told_incidents", "pull_requests"}
            assert private <= set(publishing.PRIVATE)
            assert facts.keys() <= {f"facts.{name}" for name in private}


def test_no_table_of_the_published_file_names_a_person(told, made_up):
    for found, pattern in ((told, TOKEN), (made_up, DEMO)):
        with windows.published(publishing.current(found.serving)) as con:
            assert naming(con, pattern) == {}


def test_the_globs_of_a_teams_members_are_in_the_warehouse_and_never_published(told):
    with opened(told.warehouse, read_only=True) as con:
        assert rows(con, "select count(*) from config.team_members") == [(2,)]
    with windows.published(publishing.current(told.serving)) as con:
        with pytest.raises(duckdb.CatalogException):
            con.sql("from config.team_members")
        by_team = "select count(*) from marts.metrics where scope = 'team' and name = 'windows'"
        assert rows(con, by_team)[0][0] > 0


def test_no_column_that_is_published_is_about_a_person(told):
    counts = {"author_count", "authored_at", "author_team"}
    query = (
        "select distinct column_name from duckdb_columns() where not internal "
        "and database_name = current_database()"
    )
    with windows.published(publishing.current(told.serving)) as con:
        names = {name for (name,) in rows(con, query)}
    assert {name for name in names if PERSON.search(name)} <= counts


def test_the_file_holds_no_name_in_any_of_its_bytes(told):
    held = publishing.current(told.serving).read_bytes()

    assert TOKEN.encode() not in held


@pytest.mark.parametrize("form", ["html", "md"])
def test_the_report_names_no_person(told, tmp_path, form):
    for day in ("2026-03-02", "2026-03-09"):
        (path,) = weekly.write(told, windows.date.fromisoformat(day), tmp_path, [form])
        text = path.read_text()

        assert "cart" in text
        assert TOKEN not in text.lower()


def test_what_is_read_from_outside_names_no_person(told):
    file = publishing.current(told.serving)
    answers = [
        telling.metrics(asked.Question(by=by, since=since), file)
        for by, since in (("window", None), ("week", windows.date(2026, 1, 5)))
    ]
    for answer in (*answers, gauges.gauges(file)):
        assert b"cart" in answer
        assert TOKEN.encode() not in answer.lower()


COMMANDS = (
    ["metrics", "--json"],
    ["metrics", "--team", "windows", "--by", "week"],
    ["metrics", "--service", "cart", "--bands"],
    ["metrics", "--service", "cart", "--bands", "--json"],
    ["explain", "change_lead_time", "--service", "cart", "--week", "2026-W10", "--json"],
    ["explain", "change_fail_rate", "--service", "cart", "--week", "2026-W08"],
    ["explain", "recovery_time", "--service", "cart", "--week", "2026-W08", "--json"],
    ["compare", "--json"],
    ["sql", "from facts.changes", "--format", "json"],
    ["sql", "from facts.incidents", "--format", "csv"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_that_reads_names_a_person(told, words):
    found = CliRunner().invoke(drumbeat, [*words, "--data-dir", str(told.data_dir)])

    assert found.exit_code == 0, found.output
    assert "cart" in found.output or "windows" in found.output
    assert TOKEN not in found.output.lower()


def test_levels_of_the_organisation_and_of_a_team_are_refused_with_the_reason(told):
    for scope in ([], ["--team", "windows"]):
        words = ["metrics", *scope, "--bands", "--data-dir", str(told.data_dir)]
        found = CliRunner().invoke(drumbeat, words)

        assert found.exit_code == 0, found.output
        assert found.output.count("a level is for one service at a time") == 16 + 5
        assert "(day to week)" not in found.output


def test_levels_are_of_twelve_weeks_and_take_no_others(told):
    words = ["metrics", "--bands", "--since", "2026-03-02", "--data-dir", str(told.data_dir)]

    assert CliRunner().invoke(drumbeat, words).exit_code == 2


PAGES = ("", "flow", "cadence", "service", "architecture", "data")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_and_no_address_of_one_names_a_person(shown, page):
    app = shown(page)

    assert not app.exception
    drawn = [element.value for element in app.markdown]
    drawn += [str(frame.value.to_dict()) for frame in app.dataframe]
    drawn += [chart.proto.spec for chart in app.get("plotly_chart")]
    drawn += [str(box.options) for box in app.selectbox]
    assert "cart" in "".join(drawn)
    assert not [text for text in drawn if TOKEN in text.lower()]
    assert TOKEN not in str(dict(app.query_params)).lower()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_for_a_person(shown, page):
    app = shown(page)

    kinds = ("selectbox", "multiselect", "radio", "text_input", "text_area", "pills", "toggle")
    asked_for = {box.label for kind in kinds for box in app.get(kind)}
    assert asked_for <= {
        "Service", "Team", "Period", "By", "Query", "Question", "Table", "Compare the numbers of",
        "Is a change live?", "My services", "Week", "Clock", "Environment", "Deployed by",
    }  # fmt: skip


def options():
    """Yield every option of every command."""
    for name, command in drumbeat.commands.items():
        for option in command.params:
            if isinstance(option, click.Option):
                yield name, option


def test_no_command_groups_or_filters_by_a_person():
    found = {
        (name, option.name)
        for name, option in options()
        if PERSON.search(f"{' '.join(option.opts)} {option.help or ''}")
    }
    # Who asks to be forgotten has to be named.
    assert found == {("forget", "author")}
    periods = {
        choice
        for _, option in options()
        if option.name == "by" and isinstance(option.type, click.Choice)
        for choice in option.type.choices
    }
    assert periods == {"day", "week", "month"}


def test_no_parameter_of_an_address_is_a_person():
    assert not [name for name in asked.PARAMETERS if PERSON.search(name)]


def test_no_setting_groups_filters_or_aims_by_a_person():
    about = {
        one.key.split("[", 1)[0] + "." + one.key.rsplit(".", 1)[-1]
        for one in every_setting()
        # A kind of source or channel, such as e-mail, stands in brackets.
        if PERSON.search(re.sub(r"\[\w+\]", "", one.key))
    }
    # Whose token it is, which authors are bots or whose, and nothing that is counted by.
    assert about <= {
        "sources.user", "teams.members", "alerts.channels.user", "report.channels.user",
    }  # fmt: skip
    targets = {one.key for one in every_setting() if one.key.startswith("targets.")}
    assert targets == {
        "targets.deployment_frequency", "targets.change_lead_time_hours",
        "targets.change_fail_rate", "targets.recovery_time_hours", "targets.rework_rate",
    }  # fmt: skip
    assert set(settings.TABLES["targets"].split(", ")) == {"metric text", "target double"}


@pytest.mark.parametrize("key", ["author", "person", "login", "team_members"])
def test_a_target_for_a_person_is_refused(tmp_path, key):
    text = f"sources: [{{kind: demo}}]\ntargets: {{{key}: 3, change_fail_rate: 0.1}}\n"

    with pytest.raises(ConfigurationError, match=key):
        parse(text, tmp_path / "drumbeat.yaml")


@pytest.mark.parametrize("speed", ["deployment_frequency: 3", "change_lead_time_hours: 24"])
def test_a_target_for_speed_alone_is_refused(tmp_path, speed):
    text = f"sources: [{{kind: demo}}]\ntargets: {{{speed}}}\n"

    with pytest.raises(ConfigurationError, match="has a target for speed"):
        parse(text, tmp_path / "drumbeat.yaml")
    both = text.replace("}\n", ", recovery_time_hours: 4}\n")
    assert parse(both, tmp_path / "drumbeat.yaml").targets.recovery_time_hours == 4


def test_pickup_and_review_are_hidden_where_fewer_than_three_wrote(told):
    query = (
        "select author_count, hides_reviews, pickup_hours is null and review_hours is null, "
        "deployment_hours is null from marts.lead_time_stages "
        "where scope = 'service' and name = 'cart' and change_count > 0 and period = $1"
    )
    with windows.published(publishing.current(told.serving)) as con:
        weeks, months = rows(con, query, "week"), rows(con, query, "month")
    assert {authors for authors, *_ in weeks} <= {1, 2, 3}
    for authors, is_hidden, is_null, lacks_rest in (*weeks, *months):
        assert is_hidden is (authors < 3)
        assert is_null is is_hidden
        assert not lacks_rest
    assert any(not is_hidden for _, is_hidden, *_ in months)


def test_a_title_keeps_its_words_but_not_whom_it_names(told):
    with windows.published(publishing.current(told.serving)) as con:
        for table in ("facts.changes", "facts.incidents"):
            titles = rows(con, f"select distinct title from {table} where title like '%cart%'")
            assert titles == [("Mend the cart, thanks ***, *** and ***",)], table
        rejected = "select detail from marts.data_quality where kind = 'rejected row'"
        (detail,) = rows(con, rejected)[0]
    assert "***" in detail
    assert MAIL not in detail


def test_teams_and_services_are_ordered_by_name_and_never_by_a_metric(told):
    with windows.published(publishing.current(told.serving)) as con:
        found = (
            windows.metrics(con, windows.window(con))
            .select("scope", "name")
            .unique(maintain_order=True)
        )
    assert found.rows() == [
        ("organisation", "organisation"), ("team", "baskets"), ("team", "windows"),
        ("service", "cart"), ("service", "shop"),
    ]  # fmt: skip
