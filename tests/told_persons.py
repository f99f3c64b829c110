"""An organisation full of persons, under names that nothing else is called, and where they may be.

Whatever names one of them has ``quixotel`` in it, and behind it the place where it was told.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors import Record
from pipelines import publishing
from pipelines.collecting import Collection
from pipelines.landing import run_names
from pipelines.project import Project
from pipelines.warehouse import opened
from tests.sql import hosts
from tests.sql.events import Pushed, hooked
from tests.sql.hosts import AS_OF, CodeHost, built, land, march, sha, words
from tests.support import at, write

TOKEN = "quixotel"
MAIL = f"{TOKEN}-mail@example.org"
SPOKEN = f"Mend the cart, thanks @{TOKEN}-mention, {TOKEN}-writer-1 and {MAIL}"


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return neutral tables that name a person wherever one can stand."""
    days = [at("2026-01-05 10:00") + timedelta(days=day) for day in range(0, 72, 3)]
    deployments = [
        {
            "deployment_id": f"cart-{place}", "service": "cart", "sha": f"{place:040x}",
            "repository": "cart", "finished_at": one, "author": f"{TOKEN}-deployer",
            "url": f"https://{TOKEN}-login:secret@ci.example.org/{place}",
        }
        for place, one in enumerate(days)
    ]  # fmt: skip
    changes = [
        {
            "change_id": f"cart#{place}", "repository": "cart", "title": SPOKEN,
            "first_commit_at": one - timedelta(hours=30), "opened_at": one - timedelta(hours=20),
            "first_review_at": one - timedelta(hours=9), "approved_at": one - timedelta(hours=8),
            "merged_at": one - timedelta(hours=2), "merge_sha": f"{place:040x}",
            "author": f"{TOKEN}-writer-{place % 4}", "branch": f"{TOKEN}-branch/mend",
            "labels": f"{TOKEN}-label",
        }
        for place, one in enumerate(days)
    ]  # fmt: skip
    commits = [
        {
            "repository": "cart", "sha": f"{place:040x}", "authored_at": one - timedelta(hours=30),
            "parents": f"{place - 1:040x}" if place else "", "subject": SPOKEN,
            "author": f"{TOKEN}-committer <{MAIL}>",
        }
        for place, one in enumerate(days)
    ]  # fmt: skip
    incidents = [
        {
            "incident_id": f"inc-{place}", "service": "cart", "title": SPOKEN,
            "started_at": days[place] + timedelta(minutes=30),
            "resolved_at": days[place] + timedelta(hours=3), "labels": f"{TOKEN}-label",
            "responder": f"{TOKEN}-responder",
        }
        for place in (2, 9, 17)
    ]  # fmt: skip
    waiting = {**changes[-1], "change_id": "cart#99", "merge_sha": None}
    waiting |= {"merged_at": at("2026-03-19 12:00"), "opened_at": at("2026-03-19 10:00")}
    rejected = {**changes[0], "change_id": "cart#98", "merged_at": MAIL}
    return {
        "deployments": deployments,
        "changes": [*changes, waiting, rejected],
        "commits": commits,
        "owners": [
            {
                "repository": "cart",
                "line": "1",
                "pattern": "*",
                "owners": f"@{TOKEN};{MAIL};{TOKEN}",
            },
        ],
        "incidents": [*incidents, {"incident_id": "lost", "title": SPOKEN, "started_at": days[5]}],
    }


def code_host() -> CodeHost:
    """Return a host whose every record names somebody."""
    host = CodeHost()
    shop = host.repository("acme/shop")
    host.line(shop, "a 2 09:00", "b 4 09:00", "c 6 09:00")
    for number, (name, day) in enumerate((("a", 2), ("b", 4), ("c", 6)), start=1):
        host.change(
            shop, number, title="Mend the shop", author=f"{TOKEN}-opener-{number}",
            opened_at=f"{day} 09:10", merged_at=f"{day} 10:00", merge_sha=sha(name),
            reviews=words(f"approved {day} 09:30 {TOKEN}-reviewer"),
        )  # fmt: skip
        host.deployment(
            shop, number, f"in_progress {day} 11:00", f"success {day} 11:05", sha=sha(name),
            author=f"{TOKEN}-shipper",
        )  # fmt: skip
        host.run(
            shop, f"run/{number}", f"success@{march(f'{day} 11:05'):%Y-%m-%dT%H:%M:%SZ}",
            created_at=f"{day} 11:00", sha=sha(name), author=f"{TOKEN}-runner",
        )  # fmt: skip
    host.release(shop, 7, "v1", "6 12:00", author=f"{TOKEN}-releaser")
    host.issue(shop, 20, "6 13:00", title="Shop is down", author=f"{TOKEN}-reporter")
    return host


def pushed() -> list[Record]:
    """Return what a webhook of the host says of deployments that its API does not know."""
    return [
        record
        for day in (8, 10)
        for record in hooked(
            40 + day, "success", f"{day} 09:00", sha=sha("c"), login=f"{TOKEN}-pusher"
        )
    ]


def organisation(folder: Path) -> Project:
    """Land and publish it, with teams of persons in its configuration."""
    write(folder / "files", **tables())
    host = code_host()
    files = {"kind": "files", "name": "files", "path": str(folder / "files")}
    found = hosts.project(
        folder, [host], files,
        services=[
            {"name": "cart", "repository": "cart", "team": "baskets"},
            {"name": "shop", "repository": "acme/shop", "team": "windows"},
        ],
        teams=[{"name": "windows", "members": [f"{TOKEN}-writer-*", MAIL]}],
        definitions={"teams_by": "author"},
    )  # fmt: skip
    land(found, [host])
    names = run_names(found.landing, "github", AS_OF)
    part = Collection(found.landing, "github", "events", names, now=lambda: AS_OF)
    part.run(Pushed(pushed()), lambda count: None)
    with built(found, is_whole=True) as con:
        publishing.publish(con, found.serving, AS_OF)
        keep(con, found)
    return found


def keep(con: Any, found: Project) -> None:
    """Keep the warehouse too, so that a test sees what is never published."""
    found.data_dir.mkdir(parents=True, exist_ok=True)
    con.execute(f"attach '{found.warehouse}' as kept")
    con.execute("copy from database memory to kept")
    con.execute("detach kept")
    with opened(found.warehouse):
        pass
