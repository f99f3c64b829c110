"""Whether a change is live, from its sha, number or page."""

import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from pipelines import locating
from pipelines.alerts.awaited import Awaited, live
from pipelines.command_line import drumbeat
from pipelines.errors import DrumbeatError
from sql import locating as words
from tests.support import at, project, published, refresh, write

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
START = at("2026-03-02 10:00")
AS_OF = START + timedelta(days=12)
PAGE = "https://git.example/shop/pull/7"


def commit(sha, hours, parents=""):
    at_hour = START + timedelta(hours=hours)
    return {
        "repository": "shop", "sha": sha * 10, "parents": parents, "authored_at": at_hour,
        "committed_at": at_hour, "subject": f"Work {sha}",
    }  # fmt: skip


def deployment(name, sha, days, environment="production"):
    return {
        "deployment_id": name, "service": "shop", "repository": "shop", "sha": sha * 10,
        "environment": environment, "finished_at": START + timedelta(days=days),
    }  # fmt: skip


@pytest.fixture(scope="module")
def organisation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locating")
    write(
        folder / "files",
        commits=[
            commit("aaaa", 0),
            commit("bbbb", 1, "aaaa" * 10),
            commit("cccc", 2, "aaaa" * 10),
            commit("dddd", 3, " ".join(["bbbb" * 10, "cccc" * 10])),
            commit("ffff", 199, "dddd" * 10),
            commit("eeee", 200, "ffff" * 10),
        ],
        changes=[
            {
                "change_id": "shop#7", "repository": "shop", "merge_sha": "dddd" * 10,
                "opened_at": START + timedelta(hours=2), "title": "Prices",
                "merged_at": START + timedelta(hours=3), "url": PAGE,
            },
            {"change_id": "shop#8", "repository": "shop", "opened_at": START},
        ],
        deployments=[
            deployment("first", "aaaa", 0.01),
            deployment("second", "dddd", 5),
            deployment("abroad", "dddd", 5.1, "production-us"),
            deployment("far-first", "aaaa", 0.02, "production-ap"),
            deployment("far", "dddd", 5.2, "production-ap"),
            deployment("far-back", "aaaa", 5.5, "production-ap"),
            deployment("third", "ffff", 9),
            deployment("back", "dddd", 10),
        ],
    )  # fmt: skip
    chat = {"kind": "webhook", "name": "chat", "url": "https://hooks.example.org/x"}
    one = project(
        folder,
        services=[{"name": "shop", "repository": "shop"}],
        alerts={"channels": [chat]},
    )
    refresh(one, AS_OF)
    with published(one) as con:
        yield con, one.warehouse


@pytest.fixture
def found(organisation):
    con, warehouse = organisation
    return lambda asked: locating.locate(con, asked, warehouse)


@pytest.mark.parametrize(
    "asked",
    [
        "ddddddd", " ddddddd ", "D" * 40, "#7", " #7", "shop#7", "SHOP#7",
        PAGE, f"{PAGE}/", f"{PAGE}#note_1",
    ],
)  # fmt: skip
def test_a_change_is_found_by_sha_number_and_page(found, asked):
    (row,) = found(asked)

    assert row["change_id"] == "shop#7"
    assert [region["environment"] for region in row["regions"]] == ["production", "production-us"]
    assert [region["environment"] for region in row["gone"]] == ["production-ap"]
    assert words.state(row, "UTC", AS_OF) == (
        "live in production since Sat 7 Mar, 10:00, production-us since Sat 7 Mar, 12:24; "
        "rolled back in production-ap on Sat 7 Mar, 22:00"
    )


def test_what_was_rolled_back_everywhere_is_not_live(found):
    (row,) = found("fffffff")

    assert row["regions"] == []
    assert words.state(row, "UTC", AS_OF) == (
        "rolled back in production on Thu 12 Mar, 10:00, not live since"
    )
    left = {**row, "gone": [{**row["gone"][0], "is_rolled_back": False}]}
    assert words.state(left, "UTC", AS_OF).startswith("left out of production on Thu 12 Mar, 10:00")


def test_a_day_is_promised_only_for_a_service_that_deploys(found):
    (row,) = found("fffffff")
    days = {"next_from": date(2026, 3, 16), "next_to": date(2026, 3, 17)}
    silent = {"silent_working_days": 21, "usual_working_days": 2}
    frozen = {"is_frozen": True, "frozen_to_on": date(2026, 4, 6)}

    def said(state, **more):
        told = words.state({**row, **days, **silent, "service_state": state, **more}, "UTC", AS_OF)
        return told.partition("; ")[2]

    assert said("on_rhythm") == "next deployment expected 16 to 17 March 2026"
    assert said("stalled") == "its service is stalled: silent 21 working days, usually 2"
    assert said("dormant") == "its service is dormant: silent 21 working days, usually 2"
    assert said("stalled", **frozen) == "its service is in a declared freeze to 6 April 2026"


def test_another_year_is_said_and_the_zone_once(found):
    text = words.as_text(found("#7"), "Europe/Berlin", at("2027-01-01 00:00"))

    assert "production since Sat 7 Mar 2026, 11:00" in text
    assert text.endswith("\nAs of 1 January 2027; times are Europe/Berlin.")
    assert text.count("Berlin") == 1


def test_a_commit_inside_a_pull_request_is_found_by_the_graph(found):
    assert [row["change_id"] for row in found("cccccccc")] == ["shop#7"]


def test_what_is_merged_and_not_deployed_says_so(found):
    (row,) = found("eeeeeee")

    assert row["regions"] == []
    assert words.state(row, "UTC", AS_OF).startswith("merged Tue 10 Mar, 18:00, not deployed")


def test_what_the_first_known_deployment_carried_is_live_since_before_it(found):
    (row,) = found("aaaaaaa")

    assert words.state(row, "UTC", AS_OF) == "live since before the first deployment that is known"


def test_what_is_not_merged_says_so(found):
    (row,) = found("#8")

    assert words.state(row, "UTC", AS_OF) == "not merged yet"


@pytest.mark.parametrize("asked", ["aaaa", "nothing", "#99", "https://git.example/none", "'; --"])
def test_what_is_no_change_is_refused_with_what_would_be_one(found, asked):
    with pytest.raises(DrumbeatError, match="give a sha of at least 7 digits"):
        found(asked)


def test_of_what_is_waited_for_what_is_live_is_known(organisation):
    waited_for = [
        Awaited("shop", change, AS_OF.date()) for change in ("shop#7", "shop#8", "eeee" * 10, "?")
    ]

    assert [one.change_id for one in live(organisation[0], waited_for)] == ["shop#7"]


def test_the_commands_keep_what_they_are_told(organisation):
    data = ["--data-dir", str(organisation[1].parent)]

    def said(command, *words):
        result = CliRunner().invoke(drumbeat, [command, *words, *data])
        return result.output if result.exception is None else f"{result.exception}{result.output}"

    until = ["--until", "2026-04-01", "--because", "a holiday"]
    assert "shop: known until 2026-04-01 (a holiday)" in said(
        "cadence", "--confirm", "shop", *until
    )
    assert "shop: known until 2026-04-01 (a holiday)" in said("cadence", "--confirmed")
    listed = json.loads(said("cadence", "--confirmed", "--json"))
    assert listed["rows"] == [{"service": "shop", "until": "2026-04-01", "reason": "a holiday"}]
    assert "--confirm and --json exclude" in said("cadence", "--confirm", "shop", *until, "--json")
    assert "--confirmed and --backtest exclude" in said("cadence", "--backtest", "--confirmed")
    assert "--until and --because go with --confirm" in said("cadence", *until)
    assert "wants --until DAY and --because" in said("cadence", "--confirm", "shop")
    assert "chat is told once shop#8 of shop is live" in said("where", "shop#8", "--tell", "chat")
    assert "told once ffffffff" in said("where", "fffffff", "--tell", "chat")
    assert "is not told of ffff" in said("where", " fffffff ", "--cancel", "chat")
    assert "It is live already" in said("where", "shop#7", "--tell", "chat")
    assert "wants the name of a channel" in said("where", "shop#8", "--tell", "elsewhere")
    assert re.search("^chat +shop +shop#8 +until 20", said("where", "--awaited"), re.MULTILINE)
    assert '"change_id": "shop#8"' in said("where", "--awaited", "--json")
    for wrong in ((), ("shop#8", "--awaited"), ("shop#8", "--tell", "chat", "--cancel", "chat")):
        assert "name a change" in said("where", *wrong)
    for channel, change in (("chat", "shop#7"), ("elsewhere", "shop#8"), ("chat", "nothing")):
        assert "waits for no change called" in said("where", change, "--cancel", channel)
    assert "chat is not told of shop#8 of shop any more" in said("where", "#8", "--cancel", "chat")
    assert said("where", "--awaited") == "No change is waited for.\n"


def test_the_box_on_the_page_says_the_same(organisation, monkeypatch, tmp_path):
    # A file of its own, for one process opens one file in one way.
    shutil.copytree(organisation[1].parent / "serving", tmp_path / "serving")
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(tmp_path))
    app = AppTest.from_file(str(APP), default_timeout=60).run().switch_page("views/cadence.py")

    def said(asked):
        app.run().text_input(key="where-asked").input(asked).run()
        assert not app.exception
        return " ".join(one.value for one in app.markdown)

    assert "live in production since Sat 7 Mar, 10:00, production-us" in said("#7")
    assert "merged Tue 10 Mar, 18:00, not deployed" in said("eeeeeee")
    assert "rolled back in production on Thu 12 Mar, 10:00, not live since" in said("fffffff")
    assert "drumbeat where ccccccc" in said("ccccccc"), "the graph is the command's alone"
    hostile = said("<b>'; --")
    assert "No change is called that." in hostile
    assert "<b>'" not in hostile
