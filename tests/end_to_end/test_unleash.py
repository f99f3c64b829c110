"""A real Unleash: flags made, rolled out and left to rot, and what becomes of them in the queue."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml

from connectors.flags import FlagTool
from pipelines.configuration import parse
from pipelines.examining import examine
from pipelines.project import Project
from tests.hosts.unleash_server import TOKEN, unleash
from tests.support import published, refresh, rows, write

TODAY = datetime.now(UTC).date()
GONE = TODAY - timedelta(days=30)
SOON = TODAY + timedelta(days=30)
QUEUE = (
    "select team, place, flag_key, age_days, removal_on, removal_how, reasons "
    "from marts.architecture_flags order by team, place"
)


@pytest.fixture(scope="module")
def server():
    with unleash() as made:
        made.tell("/api/admin/context", {"name": "tenantId", "description": ""})
        made.flag("new-basket", "release", f"Remove by {GONE}.", tags=("team:Payments",))
        made.flag("dark-mode", "release", "", tags=(f"remove-by:{SOON}",))
        made.flag("old-search", "operational", f"Remove on {SOON}", tags=("team:Search",))
        made.flag("may-refund", "permission", "", tags=("team:Payments",))
        made.flag("fine", "kill-switch", f"Remove by {SOON}", tags=("team:Search",))
        strategy = made.roll_out("new-basket", 10)
        made.turn("new-basket", "on")
        whole = {"rollout": "100", "stickiness": "default", "groupId": "new-basket"}
        made.tell(strategy, {"name": "flexibleRollout", "parameters": whole}, verb="PUT")
        tenant = {"contextName": "tenantId", "operator": "IN", "values": ["acme"]}
        made.roll_out("fine", 100, constraints=(tenant,))
        made.turn("fine", "on")
        made.turn("old-search", "on")
        stale = {"features": ["old-search"], "stale": True}
        made.tell("/api/admin/projects/default/stale", stale)
        for name, days in {"new-basket": 50, "dark-mode": 3, "old-search": 5}.items():
            made.age(name, days)
        made.seen("new-basket", 1)
        made.seen("fine", 1)
        yield made


def organisation(folder, server):
    """Return the project whose flags are at the server, and whose one service is told by files."""
    finished = f"{TODAY - timedelta(days=1)}T10:00:00Z"
    deployment = {"deployment_id": "d1", "service": "checkout", "finished_at": finished}
    write(folder / "files", deployments=[deployment])
    told = {
        "sources": [
            {"kind": "unleash", "url": server.url, "token": "${UNLEASH_TOKEN}"},
            {"kind": "files", "path": str(folder / "files")},
        ],
        "services": [{"name": "checkout", "team": "Payments", "flags": ["new-*", "fine"]}],
    }
    text = yaml.safe_dump(told)
    return Project(parse(text, folder / "drumbeat.yaml"), folder / "data")


def collected(project):
    """Refresh and return what readers see."""
    refresh(project, datetime.now(UTC) + timedelta(seconds=1))
    return published(project)


def test_what_rots_waits_in_the_queue_of_its_team_oldest_first(server, tmp_path, monkeypatch):
    monkeypatch.setenv("UNLEASH_TOKEN", TOKEN)
    project = organisation(tmp_path, server)
    with collected(project) as con:
        queue = rows(con, QUEUE)
        turns = rows(
            con,
            "select does, share_before, share_after, is_exposure, service from facts.flag_events "
            "where flag_key = 'new-basket' order by happened_at, share_after",
        )
        switches = rows(
            con,
            "select flag_key, state, is_proven from marts.architecture_flag_switches order by 1",
        )
    assert queue == [
        ("", 1, "dark-mode", 3, SOON, "tag", "no owner"),
        ("Payments", 1, "new-basket", 50, GONE, "description", queue[1][6]),
        ("Payments", 2, "may-refund", 0, None, None, "a permission: wrong mechanism"),
        ("search", 1, "old-search", 5, SOON, "description", "stale and still in use"),
    ]
    assert queue[1][6] == "past its removal date by 30 d; older than the 40 d of its kind"
    assert turns == [
        ("raised", 0.0, 0.1, True, "checkout"),
        ("raised", 0.1, 1.0, True, "checkout"),
    ]
    assert switches == [("fine", "yes", True), ("new-basket", "yes", False)]

    # Nothing new lands when nothing happened; what is archived and deleted leaves the queue.
    landed = {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "landing").rglob("*")}
    refresh(project, datetime.now(UTC) + timedelta(seconds=1))
    assert landed.keys() >= set((tmp_path / "data" / "landing").rglob("*.parquet"))
    server.tell("/api/admin/projects/default/features/dark-mode", verb="DELETE")
    server.tell("/api/admin/projects/default/features/may-refund", verb="DELETE")
    server.tell("/api/admin/archive/may-refund", verb="DELETE")
    with collected(project) as con:
        assert [row[2] for row in rows(con, QUEUE)] == ["new-basket", "old-search"]
        keys = "select flag_key, archived_at is null from facts.flags order by 1"
        assert rows(con, keys) == [
            ("dark-mode", False), ("fine", True), ("new-basket", True), ("old-search", True),
        ]  # fmt: skip

    # The token stands nowhere.
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_how_flags_choose_is_asked_again_only_where_the_log_names_them(server, tmp_path):
    from connectors.flags import unleash as client

    api = client.connect(url=server.url, token=TOKEN, since=datetime(2020, 1, 1, tzinfo=UTC))
    batches = list(FlagTool(api).collect("strategies", {}))
    first = api.client.asker.calls
    cursor = {"default": batches[-1].cursor}
    again = list(FlagTool(api).collect("strategies", cursor))
    quiet = api.client.asker.calls - first
    server.turn("fine", "off")
    touched = list(FlagTool(api).collect("strategies", cursor))

    assert [len(batch.rows) for batch in again] == [0]
    assert quiet == 3
    assert {row.payload["flag_id"] for batch in touched for row in batch.rows} == {"default/fine"}


def test_doctor_says_what_a_wrong_token_can_not_read(server, tmp_path, monkeypatch):
    monkeypatch.setenv("UNLEASH_TOKEN", "no-such-token-of-anybody")
    project = organisation(tmp_path, server)

    found = [one for one in examine(project) if one.subject.startswith("unleash")]

    assert {one.level for one in found} == {"mend"}
    assert all("admin API token" in one.said for one in found)
    assert all("no-such-token" not in one.said for one in found)
