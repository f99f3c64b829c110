import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.configuration import Configuration, ConfigurationError, dump, find, load, parse

ROOT = Path(__file__).parents[2]
HERE = Path("/somewhere/drumbeat.yaml")
DEMO = "sources: [{kind: demo}]\n"


def read(text: str) -> Configuration:
    return parse(text, HERE)


def complaints(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, Path("drumbeat.yaml"))
    return str(caught.value)


def test_the_smallest_file_is_one_source():
    found = read(DEMO)

    assert [source.name for source in found.sources] == ["demo"]
    assert found.is_demo
    assert not found.is_git_only
    assert found.calendar.time_zone == "UTC"
    assert found.definitions.attribution_window_hours == 72


def test_sources_are_named_after_their_repository_or_folder():
    found = read(
        "sources:\n"
        "  - {kind: git, location: 'https://git.example.org/Acme/Web Shop.git'}\n"
        "  - {kind: git, location: 'git@git.example.org:acme/api.git'}\n"
        "  - {kind: git, location: ../clone/.git}\n"
        "  - {kind: files, path: ./History}\n"
    )

    assert [source.name for source in found.sources] == ["web-shop", "api", "clone", "history"]
    assert [getattr(source, "repository", None) for source in found.sources] == [
        "Web Shop",
        "api",
        "clone",
        None,
    ]


def test_relative_paths_start_at_the_file_and_urls_stay(tmp_path):
    (tmp_path / "drumbeat.yaml").write_text(
        "sources:\n"
        "  - {kind: git, location: ../shop}\n"
        "  - {kind: git, location: 'ssh://git@git.example.org/acme/api.git'}\n"
        "  - {kind: files, path: history}\n"
    )

    found = load(tmp_path / "drumbeat.yaml")

    shop, api, history = found.sources
    assert shop.kind == "git"
    assert shop.location == str(tmp_path.parent / "shop")
    assert not shop.is_remote
    assert api.kind == "git"
    assert api.location == "ssh://git@git.example.org/acme/api.git"
    assert api.is_remote
    assert history.kind == "files"
    assert history.path == tmp_path / "history"
    assert found.report.out == tmp_path / "reports"


def test_a_service_belongs_to_the_repository_it_is_deployed_from():
    found = read(
        "sources:\n"
        "  - {kind: git, location: /a/shop}\n"
        "  - {kind: git, location: /a/pay, name: payments}\n"
        "services:\n"
        "  - {name: one, deployments: {source: payments}}\n"
        "  - {name: two, repository: shop}\n"
        "  - {name: three}\n"
    )

    assert [found.repository(service) for service in found.services] == ["pay", "shop", None]


def test_the_only_repository_is_every_services():
    found = read("sources: [{kind: git, location: /a/shop}]\nservices: [{name: one}]")

    assert found.repository(found.services[0]) == "shop"


def test_a_team_is_a_name_or_a_dated_list():
    found = read(
        DEMO + "services:\n"
        "  - {name: one, team: shop}\n"
        "  - {name: two, team: [{name: shop}, {name: payments, since: 2025-03-01}]}\n"
    )

    one, two = found.services
    assert [(team.name, team.since) for team in one.team] == [("shop", None)]
    assert [(team.name, str(team.since)) for team in two.team] == [
        ("shop", "None"),
        ("payments", "2025-03-01"),
    ]


def test_norway_is_no_refusal():
    assert read(DEMO + "calendar: {country: NO}").calendar.country == "NO"


def test_a_configuration_can_not_be_changed():
    found = read(DEMO)

    with pytest.raises(ValueError, match="frozen"):
        found.organisation = "other"  # type: ignore[misc]


def test_every_problem_is_told_at_once_with_line_key_and_remedy():
    assert complaints(
        "organisation: 12\n"
        "sources:\n"
        "  - kind: git\n"
        "    location: /a/shop\n"
        "    brnch: main\n"
        "  - kind: pager\n"
        "services:\n"
        "  - name: a\n"
        "    tier: gold\n"
        "  - name: a\n"
        "    retired_on: 2025-02-30\n"
        "    deployments: {source: shpo, pre_releases: yes}\n"
    ).splitlines() == [
        "drumbeat.yaml:1: organisation: is 12, must be text: put it in quotes, '12'",
        "drumbeat.yaml:5: sources[0].brnch: is not a known key; did you mean 'branch'?",
        "drumbeat.yaml:6: sources[1].kind: is 'pager', must be one of "
        "code_references, demo, events, files, flagd, flagsmith, git, github, gitlab, "
        "grafana_irm, incident_io, jira, kubernetes, launchdarkly, opsgenie, pagerduty, "
        "servicenow, spinnaker, statuspage, unleash",
        "drumbeat.yaml:9: services[0].tier: is 'gold', must be a whole number from 1 to 5",
        "drumbeat.yaml:10: services[1].name: is 'a' as services[0].name is, "
        "must be unique among names and aliases",
        "drumbeat.yaml:11: services[1].retired_on: is '2025-02-30', "
        "must be a date such as 2025-01-31",
        "drumbeat.yaml:12: services[1].deployments.pre_releases: is 'yes', must be true or false",
        "drumbeat.yaml:12: services[1].deployments.source: is 'shpo', "
        "must be one of the sources shop, pager",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "drumbeat.yaml:1: is empty, must be a mapping that begins with `sources:`"),
        ("# nothing\n", "drumbeat.yaml:1: is empty, must be a mapping"),
        ("- a\n- b\n", "drumbeat.yaml:1: holds a list, must be a mapping"),
        ("organisation: x\n", "drumbeat.yaml:1: sources: is missing, must be a list of sources"),
        ("sources: []\n", "drumbeat.yaml:1: sources: is empty, must not be empty"),
        ("sources: demo\n", "drumbeat.yaml:1: sources: is 'demo', must be a list of sources"),
        ("sources:\n\t- kind: demo\n", "drumbeat.yaml:2: is indented with a tab"),
        ("sources: [{kind: demo}\nbots: x\n", "drumbeat.yaml:2: is not YAML: "),
        ("sources:\n  - kind: 'demo\n", "is not YAML: "),
        ("a: 1\n---\nb: 2\n", "drumbeat.yaml:2: begins a second document"),
        (
            DEMO + "bots: []\nbots: []\n",
            "drumbeat.yaml:3: bots: stands here again (first on line 2",
        ),
        (
            DEMO + "organisation: !!python/name:os.system\n",
            "drumbeat.yaml:2: organisation: has the",
        ),
        (DEMO + "organisation: !x y\n", "drumbeat.yaml:2: organisation: has the tag '!x'"),
        (DEMO + "[a]: 1\n", "drumbeat.yaml:2: has a key that is not text"),
        (DEMO + "organisation: \x01\n", "is not YAML: "),
        (DEMO + "organisation: ''\n", "organisation: is empty, must not be empty"),
        (DEMO + "organisation:\n", "organisation: is empty, must be text"),
        (DEMO + "alarms: []\n", "alarms: is not a known key; known here are organisation, sources"),
        (DEMO + "calendar: {time_zone: Berlin}\n", "did you mean 'Europe/Berlin'?"),
        (DEMO + "calendar: {time_zone: ../etc/passwd}\n", "must be an IANA time zone"),
        (DEMO + "calendar: {country: UK}\n", "(the United Kingdom is GB)"),
        (DEMO + "calendar: {working_days: [fry]}\n", "working_days[0]: is 'fry', must be one of"),
        (
            DEMO + "definitions: {lookback_days: .nan}\n",
            "lookback_days: is '.nan', must be a number",
        ),
        (DEMO + "definitions: {lookback_days: true}\n", "lookback_days: is true, must be a number"),
        (DEMO + "definitions: {minimum_confidence: 2}\n", "must be a number from 0 to 1"),
        (DEMO + "targets: {change_fail_rate: 15}\n", "is 15, must be a number from 0 to 1"),
        (DEMO + "report: {hour: 24}\n", "is 24, must be a whole number from 0 to 23"),
        (DEMO + "report: {out: ~/x}\n", "must not start with '~', which is not expanded"),
        (DEMO + "services: [{name: a, paths: ['!x']}]\n", "must not start with '!'"),
        (DEMO + "services: [{name: a, aliases: [a]}]\n", "services[0].aliases[0]: is 'a' as serv"),
        (
            DEMO + "services: [{name: a, team: [{name: x}, {name: y}]}]\n",
            "team[1].since: is missing",
        ),
        (
            DEMO + "services: [{name: a, deployments: {tags: 'v[9-0]'}}]\n",
            "must be globs such as v*",
        ),
        (DEMO + "services: [{tier: 1}]\n", "services[0].name: is missing, must be text"),
        (
            "sources: [{kind: git, location: /a/shop, since: 12}]\n",
            "since: is 12, must be a date such as 2025-01-31",
        ),
        (
            "sources: [{kind: demo, since: 2025-01-31}]\n",
            "sources[0].since: is not a known key",
        ),
        ("sources: [{kind: demo, name: A b}]\n", "is 'A b', must be small letters, digits"),
        ("sources: [{kind: demo, name: ..}]\n", "is '..', must be small letters, digits"),
        ("sources: [{kind: demo}, {kind: demo}]\n", "sources[1].name: is left out, which makes it"),
        ("sources: [{kind: git, location: --upload-pack=x}]\n", "must not start with '-'"),
        (
            "sources: [{path: x}]\n",
            "sources[0].kind: is missing, must be one of code_references, demo, events,",
        ),
        (
            "sources: [{kind: git, location: /a/shop}]\nservices: [{name: a, repository: shpo}]\n",
            "is 'shpo', must be a repository of a source: shop",
        ),
        (
            DEMO + "calendar: {freezes: [{name: x, from: 2025-01-02, to: 2025-01-01}]}\n",
            "calendar.freezes[0].to: is '2025-01-01', must not be before `from`",
        ),
        (
            DEMO + "services: [{name: a}]\n"
            "calendar: {freezes: [{name: x, from: 2025-01-01, to: 2025-01-02, services: [b]}]}\n",
            "services[0]: is 'b', must be the name of a service",
        ),
    ],
)
def test_what_is_wrong_is_said(text, complaint):
    assert complaint in complaints(text)


@pytest.mark.parametrize("speed", ["deployment_frequency", "change_lead_time_hours"])
def test_a_target_for_speed_needs_one_for_stability(speed):
    said = complaints(DEMO + f"targets:\n  {speed}: 3\n")

    assert f"drumbeat.yaml:2: targets: has a target for speed ({speed}) and none for stab" in said
    for stability in ("change_fail_rate: 0.1", "recovery_time_hours: 4", "rework_rate: 0.1"):
        read(DEMO + f"targets:\n  {speed}: 3\n  {stability}\n")
        read(DEMO + f"targets:\n  {stability}\n")


def test_aliases_that_stand_for_billions_of_values_are_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    assert "(through aliases?)" in complaints("\n".join(lines))


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "[" * 5000])
def test_endless_and_very_deep_values_are_refused(text):
    assert complaints(text)


def test_text_that_is_not_utf_8_names_its_line(tmp_path):
    path = tmp_path / "drumbeat.yaml"
    path.write_bytes(b"sources: [{kind: demo}]\norganisation: caf\xe9\n")

    with pytest.raises(ConfigurationError, match=r"drumbeat\.yaml:2: is not UTF-8"):
        load(path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "drumbeat.yaml"
    path.write_bytes(b"\xef\xbb\xbfsources:\r\n  - kind: demo\r\norganisation: Acme\r\n")

    assert load(path).organisation == "Acme"


def test_a_file_that_may_not_be_read_is_not_to_be_written(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    path = tmp_path / "drumbeat.yaml"
    path.write_text(DEMO)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigurationError, match="Permission denied; let whoever runs this read"):
        load(path)


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(ConfigurationError, match="can not be read"):
        load(tmp_path)


def test_the_file_is_looked_for_in_the_documented_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    for folder in (tmp_path, tmp_path / "data", elsewhere):
        folder.mkdir(exist_ok=True)
        (folder / "drumbeat.yaml").write_text(DEMO)

    assert find(elsewhere / "drumbeat.yaml", Path("data")) == elsewhere / "drumbeat.yaml"
    assert find(None, elsewhere) == elsewhere / "drumbeat.yaml"
    assert find(None, tmp_path / "empty") == Path("drumbeat.yaml")
    assert find(None, None) == Path("drumbeat.yaml")
    Path("drumbeat.yaml").unlink()
    assert find(None, None) == Path("data/drumbeat.yaml")


def test_a_missing_file_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError, match=r"`drumbeat init`.*`drumbeat demo`"):
        find(None, None)
    with pytest.raises(ConfigurationError, match=r"`drumbeat init`.*`drumbeat demo`"):
        find(Path("other.yaml"), None)


def test_what_is_dumped_reads_back_the_same_from_anywhere(example):
    found = load(example)

    text = dump(found)

    assert parse(text, HERE) == found
    assert dump(parse(text, HERE)) == text


def test_what_is_dumped_has_every_default_in_it():
    text = dump(read(DEMO))

    assert "attribution_window_hours: 72\n" in text
    assert "out: /somewhere/reports\n" in text


def test_a_problem_count_beyond_reading_is_cut():
    said = complaints(DEMO + "".join(f"key{n}: 1\n" for n in range(80)))

    assert len(said.splitlines()) == 51
    assert said.endswith("and 30 more problems")


def test_importing_the_configuration_is_cheap():
    code = (
        "import sys; import pipelines.configuration;"
        "print(*{'polars', 'dagster', 'duckdb', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cookie_secret": "short"}, "must be 32 characters or more"),
        ({"redirect_url": "https://pages.example.org/"}, "must end in /oauth2callback"),
    ],
)
def test_a_sign_in_that_can_not_work_is_refused_with_what_would_be_right(tmp_path, changed, said):
    told = {
        "metadata_url": "https://login.example.org/.well-known/openid-configuration",
        "client_id": "drumbeat", "client_secret": "made-up-secret-of-the-dashboard",
        "redirect_url": "https://pages.example.org/oauth2callback",
        "cookie_secret": "made-up-secret-of-cookies-that-is-long",
    }  # fmt: skip
    path = tmp_path / "drumbeat.yaml"
    text = yaml.safe_dump({"sources": [{"kind": "demo"}], "dashboard": {"sign_in": told}})
    assert parse(text, path).dashboard.sign_in is not None

    wrong = yaml.safe_dump(
        {"sources": [{"kind": "demo"}], "dashboard": {"sign_in": told | changed}}
    )
    with pytest.raises(ConfigurationError, match=said):
        parse(wrong, path)
