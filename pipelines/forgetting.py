"""Forgets a source, a scope or an author: in the landing zone and in what was made of it.

What is to be forgotten is written down first, an author by digests alone, and struck out once all
is published anew; so what is killed in between is finished by the next command that builds.
"""

import difflib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pipelines import forgotten, removing, retention, rewriting
from pipelines.alerts import unread
from pipelines.errors import DrumbeatError
from pipelines.landing import Landing, sync_folder, write_durably
from pipelines.project import Project
from pipelines.receiving import inbox
from pipelines.receiving.sealing import DAMAGED
from pipelines.rewriting import Rewritten

PENDING = "forgetting.json"
LOG = "forgotten.ndjson"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be forgotten: the name of a source, scope or author, or the moment of an age.

    The name of an author is known here and written nowhere.
    """

    what: str
    name: str = ""

    def kept(self) -> dict[str, str]:
        """Return what may be written down."""
        return {"what": self.what} if self.what == "author" else asdict(self)


@contextmanager
def sealing(project: Project) -> Iterator[None]:
    """Let nobody seal events meanwhile; they are accepted all the same."""
    folder = project.inbox
    with inbox.locked(folder, "sealing") if folder.is_dir() else nullcontext():
        yield


def begin(project: Project, request: Request) -> None:
    """Write down what is to be forgotten, before anything is."""
    if request.what == "author":
        forgotten.remember(project.landing, request.name)
    write_durably(project.data_dir / PENDING, json.dumps(request.kept()).encode())


def pending(project: Project) -> Request | None:
    """Return what a killed command had begun to forget."""
    with suppress(FileNotFoundError):
        told = json.loads((project.data_dir / PENDING).read_text(encoding="utf-8"))
        return Request(told["what"], told.get("name", ""))
    return None


def perform(project: Project, request: Request, now: datetime) -> Rewritten:
    """Rewrite the landing zone, log that, and remove the warehouse, which is a cache of it."""
    found = carry_out(project, request)
    log(project, {"at": now.isoformat(), **request.kept(), **asdict(found)})
    for path in (project.warehouse.with_name(f"{project.warehouse.name}.wal"), project.warehouse):
        # The log first: alone it would be played into the next file of that name.
        path.unlink(missing_ok=True)
    return found


def resume(project: Project) -> None:
    """Finish what a killed command had begun, but for what is made of the landing zone."""
    if request := pending(project):
        perform(project, request, datetime.now(UTC))


def strike_out(project: Project) -> None:
    """Write down that nothing is left to be done."""
    (project.data_dir / PENDING).unlink(missing_ok=True)
    sync_folder(project.data_dir)


def expire(project: Project, now: datetime) -> Rewritten:
    """Forget what is older than `retention:` lets it be, if anything is."""
    found = retention.without_old(
        project.landing, retention.limits(project.configuration, now), is_dry=True
    )
    if found.records:
        request = Request("age", now.isoformat())
        begin(project, request)
        return perform(project, request, now)
    return found


def carry_out(project: Project, request: Request, *, is_dry: bool = False) -> Rewritten:
    """Rewrite the landing zone, and remove what else holds the same; a dry run only counts."""
    with sealing(project):
        landing = project.landing
        if request.what == "source":
            found = removing.without_source(landing, request.name, is_dry=is_dry)
        elif request.what == "scope":
            found = removing.without_scope(landing, request.name, is_dry=is_dry)
        elif request.what == "age":
            moment = datetime.fromisoformat(request.name)
            limits = retention.limits(project.configuration, moment)
            found = retention.without_old(landing, limits, is_dry=is_dry)
        else:
            masks = known(landing, request)
            found = rewriting.changed(landing, landing.files(), masks.frame, is_dry=is_dry)
        if not is_dry and request.what != "age":
            clear_damaged(project, request)
            clear_clones(project, request)
        if not is_dry and request.what in ("source", "scope"):
            unread.forget(project.data_dir, request.name)
    return found


def known(landing: Landing, request: Request) -> forgotten.Forgotten:
    """Return who is masked: all who are forgotten, and in a dry run the one who may be."""
    found = forgotten.known(landing)
    return found.with_one(request.name) if request.name else found


def clear_damaged(project: Project, request: Request) -> None:
    """Remove lines of the inbox that could not be read and name what is forgotten."""
    is_named: Callable[[str], bool]
    if request.what == "author":
        masks = forgotten.known(project.landing)
        is_named = lambda line: masks.text(line) != line  # noqa: E731
    else:
        written = json.dumps(request.name, ensure_ascii=False)
        is_named = lambda line: written in line  # noqa: E731
    for path in project.inbox.glob(f"*{DAMAGED}"):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        left = [line for line in lines if not is_named(line)]
        if len(left) < len(lines):
            write_durably(path, "".join(f"{line}\n" for line in left).encode())


def clear_clones(project: Project, request: Request) -> None:
    """Remove clones, which hold what their remotes do; the next refresh makes them anew."""
    clones = project.data_dir / "clones"
    of_source = [clones / request.name, clones / f"{request.name}.git"]
    for path in of_source if request.what == "source" else [clones]:
        if path.exists():
            shutil.rmtree(path)


def log(project: Project, entry: dict[str, object]) -> None:
    """Add a line to the log, on disk when this returns."""
    path = project.data_dir / LOG
    lines = path.read_bytes() if path.exists() else b""
    write_durably(path, lines + f"{json.dumps(entry)}\n".encode())


def check(project: Project, request: Request) -> None:
    """Raise where the landing zone knows no such source or scope."""
    landing = project.landing
    if request.what == "source":
        there = sorted({file.source for file in landing.files()})
    elif request.what == "scope":
        there = sorted(removing.scopes(landing))
    else:
        return
    if request.name not in there and pending(project) != request:
        close = difflib.get_close_matches(request.name, there, 5, 0) or ["none"]
        said = f"no {request.what} {request.name!r} is landed; there are: {', '.join(close)}"
        raise DrumbeatError(f"{said}{' ...' * (len(there) > len(close))}")
