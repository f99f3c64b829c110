"""Makes the answers that readers get from a published file: the metrics as JSON and as gauges."""

import json
import re
from pathlib import Path

from pipelines import windows
from pipelines.errors import DrumbeatError
from pipelines.receiving.answers import Refused
from pipelines.receiving.asked import Question, refuse_long, wrong

OPTION = re.compile(r"--(since|until)")


def metrics(asked: Question, file: Path) -> bytes:
    """Return the bytes that ``drumbeat metrics --json`` prints; raises Refused."""
    with windows.published(file) as con:
        try:
            chosen = windows.window(con, asked.since, asked.until)
        except DrumbeatError as error:
            raise no_window(str(error)) from error
        refuse_long(chosen.since, chosen.until, asked.by)
        try:
            rows = windows.metrics(con, chosen, by=asked.by, service=asked.service, team=asked.team)
        except DrumbeatError as error:
            raise wrong("service" if asked.service else "team", str(error), 404) from error
    return written(windows.as_json(chosen, rows, by=asked.by))


def written(answer: object) -> bytes:
    """Write JSON as the command prints it."""
    return f"{json.dumps(answer, indent=1)}\n".encode()


def no_window(said: str) -> Refused:
    """Return the answer to days that make no window, told of parameters and not of options."""
    named = OPTION.search(said)
    return wrong(named[1] if named else "since", OPTION.sub(r"\1", said))
