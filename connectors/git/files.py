"""Which files each commit changed, by topic, and what the files of some topics tell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from connectors.git import contents
from connectors.git.command import Repository
from connectors.git.history import blocks
from connectors.looking import CODE, Looking, Rule, by_path
from connectors.records import Record

ENTITY = "changed_files"
FORMAT = "%x00%H"
READ_AT_ONCE = 64 << 20
MOST_PATHS = 5_000
MOST_READ = 50_000
"""Contents are read of so many changed files at most, those of the newest commits."""
NOTHING = re.compile("0+")


@dataclass(frozen=True, slots=True)
class Changed:
    """One file that a commit changed; an id is empty where there was no file."""

    sha: str
    path: str
    status: str
    before: str
    after: str
    rule: Rule


def log_arguments(max_age: int) -> list[str]:
    """Return the `git log` that is read; revisions come on stdin.

    A merge lists no files: what it merges lists its own.
    """
    arguments = ["log", "--no-show-signature", "--no-color", "--no-decorate", "-z"]
    arguments += [f"--format={FORMAT}", "--stdin", "--raw", "--no-abbrev", "--no-merges"]
    arguments += ["--no-renames", "--no-ext-diff", "--no-textconv", "--no-relative"]
    return [*arguments, f"--max-age={max_age}"]


def read(
    repository: Repository,
    tips: Sequence[str],
    known: Sequence[str],
    looking: Looking,
    max_age: int,
) -> Iterator[tuple[pl.DataFrame, list[Changed]]]:
    """Yield commits with their topics, and the files looked for, as far as ``max_age``."""
    revisions = "".join([f"{sha}\n" for sha in tips] + [f"^{sha}\n" for sha in known])
    with repository.stream(log_arguments(max_age), revisions) as answer:
        for block in blocks(answer):
            listed = listing(block)
            ruled = listed.join(by_path(listed["path"], looking.rules), on="path", how="left")
            yield commits(ruled), changed(ruled, looking.rules)


def listing(block: bytes) -> pl.DataFrame:
    """Return one row per commit and changed file; a commit without files has one without path."""
    items = pl.Series("item", [block.decode("utf-8", "replace")]).str.split("\0").explode()[:-1]
    rows = items.to_frame().with_columns(commit=(pl.col("item") == "").cum_sum())
    rows = rows.filter(pl.col("item") != "").with_columns(
        place=pl.int_range(pl.len()).over("commit"),
        sha=pl.col("item").first().over("commit"),
        path=pl.col("item").shift(-1),
    )
    # After the sha come pairs: what became of a file, and its path.
    is_last = pl.col("place") == pl.len().over("commit") - 1
    is_bare = (pl.col("place") == 0) & is_last
    kept = rows.filter((pl.col("place") % 2 == 1) | is_bare)
    words = pl.col("item").str.strip_prefix("\n").str.split(" ")
    return kept.select(
        "sha",
        path=pl.when(pl.col("place") > 0).then("path"),
        before=pl.when(pl.col("place") > 0).then(words.list.get(2, null_on_oob=True)),
        after=pl.when(pl.col("place") > 0).then(words.list.get(3, null_on_oob=True)),
        status=pl.when(pl.col("place") > 0).then(words.list.get(4, null_on_oob=True)),
    )


def commits(ruled: pl.DataFrame) -> pl.DataFrame:
    """Return the record of each commit: how many files of code it changed."""
    is_code = pl.col("rule") == CODE
    counted = ruled.group_by("sha", maintain_order=True).agg(code_count=is_code.sum())
    return counted.select(
        record_id="sha",
        updated_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        payload=pl.struct("code_count", "sha").struct.json_encode(),
    )


def changed(ruled: pl.DataFrame, rules: Sequence[Rule]) -> list[Changed]:
    """Return the files of a topic."""
    named = [place for place, rule in enumerate(rules) if rule.topic]
    found = ruled.filter(pl.col("rule").is_in(named))
    columns = found.select("sha", "path", "status", "before", "after", "rule").iter_rows()
    return [
        Changed(sha, path, status[:1], some(before), some(after), rules[rule])
        for sha, path, status, before, after, rule in columns
    ]


def some(id: str) -> str:
    """Return an object's id, empty for that of nothing."""
    return "" if NOTHING.fullmatch(id) else id


def told(
    store: Repository, files: Sequence[Changed], looking: Looking, fetch: contents.Fetch
) -> Iterator[Record]:
    """Yield a record of each file; contents that are lacking are fetched all at once."""
    wanted = [file for file in files if file.rule.has_contents and file.after][:MOST_READ]
    sizes = contents.sizes(store, (id for file in wanted for id in (file.before, file.after)))
    lacking = {id for file in wanted for id in (file.before, file.after) if id} - sizes.keys()
    if lacking:
        fetch(sorted(lacking))
        sizes |= contents.sizes(store, lacking)
    small = {id: size for id, size in sizes.items() if size <= contents.LARGEST}
    pairs = [(file.before, file.after) for file in wanted]
    for part in contents.in_parts(pairs, small, READ_AT_ONCE):
        found = contents.read(store, {id for pair in pairs[part] for id in pair} & small.keys())
        for file in wanted[part]:
            before, after = found.get(file.before), found.get(file.after)
            yield record(file, looking.read(file.rule, file.path, before, after))
    # What is gone does nothing any more.
    seen = set(wanted)
    yield from (record(file, {}) for file in files if file not in seen)


def record(file: Changed, tells: Mapping[str, Any] | None) -> Record:
    """Return the record of one file; that of code says no more than so."""
    named = {"topic": file.rule.topic, "tool": file.rule.tool, **tells} if tells is not None else {}
    payload = {"sha": file.sha, "path": file.path, "status": file.status, "topic": "code", **named}
    return Record(ENTITY, f"{file.sha}:{file.path}", payload)


def held(repository: Repository, sha: str, looking: Looking) -> list[Record]:
    """Return the files of topology that a commit holds."""
    answer = repository.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", sha)
    paths = pl.Series("path", answer.split("\0")[:-1], dtype=pl.String)
    found = by_path(paths, looking.rules).filter(pl.col("rule") != CODE).sort("path")
    rows = [(path, looking.rules[rule]) for path, rule in found.iter_rows()]
    kept = [(path, rule) for path, rule in rows if rule.topic == "topology"][:MOST_PATHS]
    return [Record("head_files", path, {"path": path, "tool": rule.tool}) for path, rule in kept]
