"""Commits out of `git log`, in frames: blocks of bytes are cut and parsed by polars alone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import IO

import polars as pl

from connectors.git.command import Repository
from connectors.mentions import unmentioned_in
from connectors.neutral import ADDRESS, MAIL, MASK

BLOCK = 32 << 20
# git ends a message at the first NUL and lets no newline into the fields before the message, so
# neither can be forged; an empty item between two NULs is the beginning of a commit.
FORMAT = "%x00%H%n%P%n%at%n%ct%n%an%n%s%n%b"
FIELDS = ("record_id", "parents", "authored_at", "committed_at", "author", "subject", "rest")
LAST_SECOND = 253_402_300_799
REVERTED = r"This reverts commit\s+[0-9a-f]{7,64}"


def read(
    repository: Repository,
    tips: Sequence[str],
    known: Sequence[str],
    *,
    with_paths: bool,
    since: datetime | None,
) -> Iterator[pl.DataFrame]:
    """Yield the commits that ``tips`` reach and ``known`` do not, children before parents."""
    revisions = "".join([f"{sha}\n" for sha in tips] + [f"^{sha}\n" for sha in known])
    arguments = log_arguments(with_paths=with_paths, since=since)
    with repository.stream(arguments, revisions) as answer:
        for block in blocks(answer):
            yield frame(block, with_paths=with_paths)


def log_arguments(*, with_paths: bool, since: datetime | None) -> list[str]:
    """Return the `git log` that is read; revisions come on stdin.

    A merge lists no paths: it carries the graph, and what it merges lists its own.
    """
    arguments = ["log", "--topo-order", "--no-show-signature", "--no-color", "--no-decorate"]
    arguments += ["--encoding=UTF-8", "-z", f"--format={FORMAT}", "--stdin"]
    if with_paths:
        arguments += ["--name-only", "--no-diff-merges", "--no-renames", "--no-ext-diff"]
        arguments += ["--no-textconv", "--no-relative"]
    if since is not None:
        arguments.append(f"--max-age={int(since.timestamp())}")
    return arguments


def blocks(answer: IO[bytes], size: int = BLOCK) -> Iterator[bytes]:
    """Yield whole commits in big blocks, the next being read while one is parsed."""
    rest = b""
    with ThreadPoolExecutor(1) as reader:
        ahead = reader.submit(answer.read, size)
        while len(found := ahead.result()) == size:
            ahead = reader.submit(answer.read, size)
            found = rest + found
            cut = found.rfind(b"\0\0") + 1
            rest = found[cut:]
            if cut:
                yield found[:cut]
    if rest or found:
        yield rest + found


def frame(block: bytes, *, with_paths: bool) -> pl.DataFrame:
    """Return the commits of ``block`` as typed rows; what is not UTF-8 is replaced."""
    # The last item is what follows the last NUL: nothing.
    items = pl.Series("item", [block.decode("utf-8", "replace")]).str.split("\0").explode()[:-1]
    if not with_paths:
        return _typed(items.filter(items != "")).with_columns(
            paths=pl.lit(None, dtype=pl.List(pl.String))
        )
    listed = items.to_frame().with_columns(commit=(pl.col("item") == "").cum_sum())
    listed = listed.filter(pl.col("item") != "").with_columns(
        is_path=pl.col("commit") == pl.col("commit").shift(1)
    )
    is_path = pl.col("is_path").fill_null(value=False)
    heads = listed.filter(~is_path)
    # git puts a newline between a message and the first of its paths.
    paths = (
        listed.with_columns(is_first=is_path & ~is_path.shift(1, fill_value=False))
        .filter(is_path)
        .with_columns(
            pl.when("is_first")
            .then(pl.col("item").str.strip_prefix("\n"))
            .otherwise(pl.col("item"))
        )
        .group_by("commit")
        .agg(paths=pl.col("item"))
    )
    joined = heads.join(paths, on="commit", how="left", maintain_order="left")
    return _typed(joined["item"]).with_columns(paths=joined["paths"].fill_null([]))


def _typed(commits: pl.Series) -> pl.DataFrame:
    fields = commits.str.splitn("\n", len(FIELDS)).struct.rename_fields(FIELDS).struct.unnest()
    said = pl.concat_str("subject", "rest", separator="\n", ignore_nulls=True)
    return fields.select(
        "record_id",
        _moment("committed_at").alias("updated_at"),
        "parents",
        _moment("authored_at"),
        _moment("committed_at"),
        pl.col("author").str.replace_all(MAIL, "${1}"),
        unmentioned_in(pl.col("subject").str.replace_all(ADDRESS, MASK)),
        said.str.extract_all(REVERTED)
        .list.eval(pl.element().str.extract(r"([0-9a-f]+)$"))
        .list.unique(maintain_order=True)
        .list.join(" ")
        .alias("reverts"),
    )


def _moment(column: str) -> pl.Expr:
    """Return the time, or null for a broken one: no number, before 1970 or after 9999."""
    seconds = pl.col(column).cast(pl.Int64, strict=False)
    is_sound = seconds.is_between(0, LAST_SECOND)
    return pl.when(is_sound).then(seconds * 1_000_000).cast(pl.Datetime("us", "UTC")).alias(column)
