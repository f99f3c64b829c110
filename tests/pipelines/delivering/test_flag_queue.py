"""The queue of flags, as one issue a team on a code host."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.command_line import drumbeat
from pipelines.configuration import parse
from pipelines.delivering import flag_queue
from tests.pipelines.delivering.code_host import code_host
from tests.support import Project, published, refresh, write

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def waiting(team, key, **told):
    return {
        "team": team,
        "place": 1,
        "flag_key": key,
        "kind": "release",
        "services": "checkout",
        "age_days": 50,
        "removal_on": date(2026, 11, 1),
        "overdue_days": 22,
        "reasons": "past its removal date by 22 d",
        "reference_count": 2,
        "evidence_url": f"https://flags.example.invalid/{key}",
        "observed_at": NOW,
        **told,
    }


def settings(monkeypatch, *channels):
    monkeypatch.setenv("REPORT_TOKEN", "t0ken-of-flags")
    sources = "sources: [{kind: demo}]\nflags:\n  channels:\n"
    return parse(sources + "".join(channels), Path("drumbeat.yaml")).flags


def channel(kind, address, of):
    place = {"github": "repository", "gitlab": "project"}[kind]
    return (
        f"    - {{kind: {kind}, name: '{of.lower().replace(' ', '-')}', of: {of}, "
        f"url: '{address}', {place}: acme/shop, token: '${{REPORT_TOKEN}}'}}\n"
    )


@pytest.mark.parametrize(("kind", "text"), [("github", "body"), ("gitlab", "description")])
def test_each_team_has_one_issue_that_is_opened_updated_and_closed(monkeypatch, kind, text):
    with code_host(text) as (address, issues, asked):
        found = settings(monkeypatch, channel(kind, address, "team Payments"))
        rows = [waiting("Payments", "new-basket"), waiting("Search", "semantic")]
        first = list(flag_queue.deliver(found, rows, NOW))
        list(flag_queue.deliver(found, [waiting("Payments", "one-click")], NOW))
        updated = dict(issues[0])
        list(flag_queue.deliver(found, [], NOW))

    assert [(one.team, one.fate) for one in first] == [("Payments", "sent")]
    (issue,) = issues
    assert updated["title"] == "Feature flags of Payments: 1 waits"
    assert "one-click" in updated[text]
    assert "[new-basket]" not in updated[text]
    assert "semantic" not in updated[text]
    assert "No feature flag waits" in issue[text]
    assert issue.get("state", issue.get("state_event")) in ("closed", "close")
    assert {headers["Authorization"] for _, _, headers in asked} == {"Bearer t0ken-of-flags"}


def test_the_channel_of_all_has_an_issue_for_each_team_without_one_of_its_own(monkeypatch):
    with code_host("body") as (address, issues, _):
        found = settings(
            monkeypatch,
            channel("github", address, "organisation"),
            channel("github", address, "team Payments"),
        )
        rows = [waiting("Payments", "a-flag"), waiting("Search", "b-flag"), waiting("", "c-flag")]
        for _ in range(2):
            told = list(flag_queue.deliver(found, rows, NOW))

    assert [(one.team, one.channel) for one in told] == [
        ("Payments", "team-payments"), ("Search", "organisation"), ("nobody", "organisation"),
    ]  # fmt: skip
    assert [one["title"] for one in issues] == [
        f"Feature flags of {team}: 1 waits" for team in ("Payments", "Search", "nobody")
    ]


def test_what_others_wrote_is_shown_and_obeyed_nowhere():
    hostile = waiting(
        "--> @all", "x](javascript:alert(1)) | <img src=x>", evidence_url="javascript:alert(1)"
    )
    parcel = flag_queue.packed("--> @all", [hostile], NOW)

    assert "-->" not in parcel.edition
    assert "<img" not in parcel.content["body"]
    assert r"x\](javascript" in parcel.content["body"]
    (line,) = (one for one in parcel.content["body"].splitlines() if "img" in one)
    assert line.replace("\\|", "").count("|") == 8


def test_the_command_prints_the_queue_and_keeps_issues(tmp_path, monkeypatch):
    finished = {"deployment_id": "d1", "service": "checkout", "finished_at": "2026-11-20T10:00:00Z"}
    flag = {"flag_id": "f1", "flag_key": "new-basket", "created_at": "2026-11-01T10:00:00Z"}
    write(tmp_path / "files", deployments=[finished], flags=[flag])
    with code_host("body") as (address, issues, _):
        monkeypatch.setenv("REPORT_TOKEN", "t0ken-of-flags")
        file = tmp_path / "drumbeat.yaml"
        told = f"sources: [{{kind: files, path: {tmp_path / 'files'}}}]\nflags:\n  channels:\n"
        file.write_text(told + channel("github", address, "organisation"))
        project = Project(parse(file.read_text(), file), tmp_path / "data")
        refresh(project, datetime.now(UTC).replace(microsecond=0))
        with published(project):
            pass
        asked = ["flags", "--config", str(file), "--data-dir", str(project.data_dir)]
        printed = CliRunner().invoke(drumbeat, asked)
        refused = CliRunner().invoke(drumbeat, [*asked, "--deliver"])

    assert printed.exit_code == 0, printed.output
    assert printed.stdout.splitlines()[0] == "nobody"
    assert "new-basket (unknown, " in printed.stdout
    assert printed.stdout.endswith("no owner\n")
    assert refused.exit_code == 0, refused.output
    assert [one["title"] for one in issues] == ["Feature flags of nobody: 1 waits"]
