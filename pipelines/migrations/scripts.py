"""Migrations that are SQL files: Flyway, Prisma, golang-migrate, dbmate, Liquibase's own SQL."""

import re

from pipelines.migrations.told import Migration
from sql.statements import operations

# `-- migrate:down` of dbmate, `-- +goose Down`, `-- +migrate Down`.
MARK = re.compile(r"(?im)^[ \t]*--[ \t]*(?:migrate:|\+(?:goose|migrate)[ \t]+)(up|down)\b[^\n]*$")
MARK_OF_BLOCK = re.compile(r"(?im)^[ \t]*--[ \t]*\+goose[ \t]+Statement(?:Begin|End)[^\n]*$")
LIQUIBASE = re.compile(r"(?i)\A\s*--\s*liquibase formatted sql")
ROLLBACK = re.compile(r"(?im)^[ \t]*--[ \t]*rollback[ \t]+(\S[^\n]*)$")
FLYWAY = re.compile(r"(?:^|/)([VUR])([\d._]*)__[^/]+$")
PAIRED = re.compile(r"\.(up|down)\.sql$")


def script(path: str, text: str) -> Migration:
    """Return what a SQL file does upwards, and whether there is a way down."""
    marks = list(MARK.finditer(text))
    if marks:
        return marked(text, marks)
    if LIQUIBASE.match(text):
        undone = [found[1].strip().lower().rstrip(";") for found in ROLLBACK.finditer(text)]
        return Migration(tuple(operations(text)), any(one != "empty" for one in undone))
    flyway = FLYWAY.search(path)
    if flyway:
        folder = path[: flyway.start(1)]
        pair = f"{folder}{flyway[2]}" if flyway[2] else None
        is_down = flyway[1] == "U"
        return Migration(() if is_down else tuple(operations(text)), None, pair, is_down)
    paired = PAIRED.search(path)
    if paired:
        is_down = paired[1] == "down"
        done = tuple(operations(text))
        # A way down that does nothing is none.
        return Migration(
            () if is_down else done, None, path[: paired.start()], is_down and bool(done)
        )
    return Migration(tuple(operations(text)), has_down=False)


def marked(text: str, marks: list[re.Match[str]]) -> Migration:
    """Return what a file tells whose two ways are parted by marks."""
    parts: dict[str, str] = {"up": "", "down": ""}
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=True):
        parts[mark[1].lower()] += MARK_OF_BLOCK.sub("", text[mark.end() : end])
    return Migration(tuple(operations(parts["up"])), bool(operations(parts["down"])))
