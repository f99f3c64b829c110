"""Which workflow runs deploy, and what they are as records."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from connectors.github.answers import Node, is_bot, login, time, told
from connectors.hosts.walking import Item, parsed
from connectors.records import Record

FOLDER = ".github/workflows/"


def lane_names(globs: Sequence[str]) -> list[str]:
    """Return the workflow files to ask for one by one; the empty name is all runs."""
    is_named = [
        glob.startswith(FOLDER) and glob.endswith((".yml", ".yaml")) and not set(glob) & set("*?[")
        for glob in globs
    ]
    return [glob.removeprefix(FOLDER) for glob in globs] if all(is_named) else [""]


def is_matching(run: Node, globs: Sequence[str]) -> bool:
    """Tell whether a run's name or file is one that deploys; case does not count."""
    words = [str(run.get("name") or "").lower(), path(run).lower()]
    return any(fnmatchcase(word, glob.lower()) for glob in globs for word in words)


def path(run: Node) -> str:
    """Return a run's workflow file, without the branch that GitHub may add."""
    return str(run.get("path") or "").partition("@")[0]


def item(run: Node, finished_at: str | None, is_wanted: bool) -> Item:
    """Return a run as a record."""
    actor = run.get("triggering_actor") or run.get("actor")
    payload = told(
        kind="workflow_run",
        name=run["name"],
        path=path(run),
        state=run["conclusion"] or run["status"],
        event=run["event"],
        branch=run["head_branch"],
        sha=run["head_sha"],
        attempt=run["run_attempt"],
        author=login(actor),
        is_bot=is_bot(actor),
        created_at=time(run["created_at"]),
        started_at=time(run["run_started_at"]),
        finished_at=finished_at,
        url=run["html_url"],
    )
    at, updated_at = parsed(run["created_at"]), parsed(run["updated_at"])
    assert at
    record = Record("runs", f"run/{run['id']}", payload if is_wanted else {}, updated_at=updated_at)
    return Item(record, at)
