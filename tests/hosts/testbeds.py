"""Where the test beds are: real servers, recorded answers, official specifications."""

import os
from pathlib import Path

import pytest


def find_testbeds() -> Path:
    """Return the folder of test beds, or skip the test where it is absent."""
    beside = Path(__file__).parents[3] / "shared" / "testbeds"
    folder = Path(os.environ.get("DRUMBEAT_TESTBEDS") or beside)
    if not (folder / "recorded").is_dir():
        pytest.skip(f"no test beds at {folder}; set DRUMBEAT_TESTBEDS to their folder")
    return folder
