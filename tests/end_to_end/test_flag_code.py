"""flagd's files in a clone, and the keys of flags in the deployed commit."""

import json
from datetime import UTC, date, datetime

import yaml

from connectors.flags.checkout import Checkout
from connectors.flags.references import CodeReferences, Search
from pipelines.configuration import parse
from pipelines.project import Project
from tests.connectors.git_repository import make
from tests.support import published, refresh, rows

AS_OF = datetime(2026, 11, 23, 12, tzinfo=UTC)
FLAGS = {
    "new-basket": {
        "state": "ENABLED",
        "variants": {"on": True, "off": False},
        "defaultVariant": "off",
        "targeting": {"fractional": [["on", 25], ["off", 75]]},
        "metadata": {"team": "Payments", "kind": "release", "remove_by": "2026-11-01"},
    },
    "dark-mode": {
        "state": "ENABLED",
        "variants": {"on": True, "off": False},
        "defaultVariant": "off",
        "targeting": {"if": [{"in": [{"var": "tenantId"}, ["acme"]]}, "on"]},
        "metadata": {"type": "ops"},
    },
    "old-search": {"state": "DISABLED", "variants": {"on": True}, "defaultVariant": "on"},
}
QUEUE = (
    "select flag_key, team, services, removal_on, overdue_days, reference_count "
    "from marts.architecture_flags order by 1"
)
STATES = (
    "select flags.flag_key, states.is_enabled, states.rollout_share, states.names_audience "
    "from facts.flag_states as states inner join facts.flags as flags "
    "on states.flag_id = flags.flag_id where states.is_production order by 1"
)
FOUND = "select flag_key, path, commit_sha, added_sha from facts.flag_references order by 1, 2"


def committed(repository, code, tag, flags=FLAGS):
    """Commit code and flags, and tag the commit as a release; return its sha."""
    (repository.path / "basket.py").write_text(code)
    (repository.path / "flagd.json").write_text(json.dumps({"flags": flags}))
    repository.git("add", "--all")
    sha = repository.commit(tag)
    repository.git("tag", tag)
    return sha


def seen(project):
    """Refresh twice, as code is searched for what was published before; return what readers see."""
    for _ in range(2):
        refresh(project, AS_OF)
    return published(project)


def test_flags_of_a_clone_are_read_and_their_keys_found_in_the_deployed_commit(tmp_path):
    repository = make(tmp_path / "shop")
    first = committed(repository, 'if flags.is_on("new-basket"):\n    pass\n', "v1.0.0")
    sources = [
        {"kind": "git", "location": str(repository.path)},
        {"kind": "flagd", "repository": "shop"},
        {"kind": "code_references"},
    ]
    text = yaml.safe_dump({"sources": sources})
    project = Project(parse(text, tmp_path / "drumbeat.yaml"), tmp_path / "data")

    with seen(project) as con:
        assert rows(con, QUEUE) == [
            ("dark-mode", "", "shop", None, None, 1),
            ("new-basket", "Payments", "shop", date(2026, 11, 1), 22, 2),
            ("old-search", "", "shop", None, None, 1),
        ]
        assert rows(con, STATES) == [
            ("dark-mode", True, 0.0, "yes"),
            ("new-basket", True, 0.25, "unknown"),
            ("old-search", False, 1.0, "unknown"),
        ]
        assert rows(con, FOUND) == [
            ("dark-mode", "flagd.json", first, None),
            ("new-basket", "basket.py", first, None),
            ("new-basket", "flagd.json", first, None),
            ("old-search", "flagd.json", first, None),
        ]


def test_a_commit_is_searched_once_and_what_came_with_a_later_one_is_known(tmp_path):
    repository = make(tmp_path / "shop")
    first = committed(repository, "new-basket = 1\n", "v1.0.0")
    second = committed(repository, "old-search, quick-pay\n", "v1.1.0", {})
    checkout = Checkout(tmp_path / "held.git", str(repository.path), "shop")
    keys = ["new-basket", "old-search", "quick-pay", "abc", "dark-mode"]

    (batch,) = CodeReferences([Search(checkout, first)], keys).collect("flag_references", {})
    cursors = {"shop": json.loads(json.dumps(batch.cursor))}
    again = list(CodeReferences([Search(checkout, first)], keys).collect("", cursors))
    (later,) = CodeReferences([Search(checkout, second)], keys).collect("", cursors)

    assert again == []
    assert batch.is_whole
    assert {(row.payload["flag_key"], row.payload["path"]) for row in batch.rows} == {
        ("new-basket", "basket.py"),
        *((key, "flagd.json") for key in ("new-basket", "dark-mode", "old-search")),
    }
    found = {row.payload["flag_key"]: row.payload.get("added_sha") for row in later.rows}
    # old-search was there before; quick-pay had been looked for in vain.
    assert found == {"old-search": None, "quick-pay": second}
