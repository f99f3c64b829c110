"""What the commits of the demo touch, and what the files of it tell: every habit at least once.

It has dice of its own, so that nothing else in the demo falls another way for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from connectors.demo.dice import Dice
from connectors.demo.graph import Commit
from connectors.demo.organisation import BOTS
from connectors.demo.rows import Row, text

MANIFESTS: Mapping[str, tuple[str, ...]] = {
    # Search is another service of the same team, stock one of another team.
    "web-shop": ("k8s/web-shop.yaml", "k8s/search.yaml"),
    "identity": ("k8s/identity.yaml", "clusters/stock/values.yaml"),
    "shipping": ("helm/values.yaml",),
    "notifications": ("main.tf",),
}
PLAIN = ("k8s/app.yaml",)
"""The manifests of any other repository."""
EXPAND = ("add_table", "add_column", "add_index", "add_column add_index")
CONTRACT = ("drop_column", "rename_column", "set_not_null", "drop_table")


@dataclass(frozen=True, slots=True)
class Habits:
    """How often a repository's commits do each thing, of a hundred."""

    migrates: int = 6
    alone: int = 50
    contracts: int = 30
    has_down: int = 80
    unread: int = 0
    deploys: int = 3
    moves_images: int = 0
    builds: int = 2
    speaks: int = 0


HABITS: Mapping[str, Habits] = {
    # Everything apart: migrations alone, topology beside the code. Of checkout no trait is lacking.
    "web-shop": Habits(alone=90, contracts=20, has_down=100, deploys=5, moves_images=40),
    "checkout": Habits(alone=80, contracts=7, has_down=95, deploys=4),
    # Contracts with code and without a way back.
    "payments": Habits(migrates=8, alone=10, contracts=60, has_down=30, speaks=4),
    "storefront": Habits(migrates=5, alone=30, unread=40),
    # Keeps the manifests of stock, which is another team's.
    "identity": Habits(deploys=12, builds=4),
    "shipping": Habits(migrates=7, alone=20, contracts=50, has_down=60, deploys=6),
    "stock": Habits(migrates=7, alone=15, contracts=45, has_down=50, deploys=0),
    "notifications": Habits(migrates=2, speaks=10, moves_images=60),
}


def touched(commits: Iterable[Commit], seed: int) -> tuple[list[Commit], list[Row]]:
    """Return the commits with what they touch, and a row for each file that tells more."""
    dice: dict[str, Dice] = {}
    made, rows = [], []
    for commit in commits:
        own = dice.setdefault(commit.repository, Dice(f"{seed}/{commit.repository}/touched"))
        if len(commit.parents) > 1:
            # A merge carries the graph, and what it merges has files of its own.
            made.append(commit)
            continue
        files = list(changed(commit, HABITS.get(commit.repository, Habits()), own))
        made.append(replace(commit, paths=tuple(path for path, _ in files)))
        rows += [row(commit, path, tells) for path, tells in files if tells]
    return made, rows


def changed(commit: Commit, habits: Habits, dice: Dice) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each changed path of a commit, and what its file tells beyond its name."""
    number = dice.between(0, 999)
    folder = f"{commit.paths[0].partition('/')[0]}/" if commit.paths else ""
    manifest = dice.pick(MANIFESTS.get(commit.repository, PLAIN))
    if commit.author in BOTS:
        if happens(habits.moves_images, dice):
            yield manifest, {"status": "M", "is_image_only": "true"}
        else:
            yield from ((path, {}) for path in commit.paths or ("requirements.lock",))
        return
    is_alone = False
    if happens(habits.migrates, dice):
        # What touches two services stays a change of both.
        is_alone = happens(habits.alone, dice) and len(commit.paths) < 2
        yield f"{folder}db/migrate/{number:04d}.up.sql", migration(habits, dice)
    if not is_alone:
        yield from ((path, {}) for path in commit.paths or (f"src/part_{number % 23:02d}.py",))
    if happens(habits.deploys, dice):
        yield manifest, {"status": "M", "is_image_only": "false"}
    if happens(habits.builds, dice):
        yield ".gitlab-ci.yml", {}
    if happens(habits.speaks, dice):
        yield f"{folder}proto/events.proto", {}


def migration(habits: Habits, dice: Dice) -> dict[str, str]:
    """Draw what a migration does."""
    if happens(habits.unread, dice):
        return {"operations": "unread", "has_down": "false"}
    if happens(10, dice):
        operations = "update"
    else:
        operations = dice.pick(CONTRACT if happens(habits.contracts, dice) else EXPAND)
    has_down = happens(habits.has_down, dice)
    return {"operations": operations, "has_down": "true" if has_down else "false"}


def happens(percent: int, dice: Dice) -> bool:
    """Draw whether something happens that does so often."""
    return dice.between(1, 100) <= percent


def row(commit: Commit, path: str, tells: Mapping[str, str]) -> Row:
    """Write what one file tells."""
    payload = {"repository": commit.repository, "sha": commit.sha, "path": path, **tells}
    return f"{commit.repository}@{commit.sha}@{path}", commit.committed_at, text(payload)


def manifests(commits: Iterable[Commit]) -> Iterator[tuple[str, Row]]:
    """Yield each manifest that a repository holds, with the repository; none was taken away."""
    known = {path for paths in MANIFESTS.values() for path in paths} | set(PLAIN)
    held = {
        (commit.repository, path): commit.committed_at
        for commit in commits
        for path in commit.paths
        if path in known
    }
    for (repository, path), at in held.items():
        yield repository, (path, at, text({"path": path}))
