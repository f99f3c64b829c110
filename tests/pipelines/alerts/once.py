"""Tells of one stall, in a process of its own that tests may kill."""

import sys
from pathlib import Path

from tests.pipelines.alerts.telling import occasion, row, teller

if __name__ == "__main__":
    channel = {"kind": "webhook", "url": sys.argv[2]}
    for told in teller(Path(sys.argv[1]), channel).tell([row()], occasion()):
        print(told.fate)
