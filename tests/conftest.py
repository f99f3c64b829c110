"""What holds for all tests."""

import ast
import fcntl
import os
import threading
from functools import wraps
from pathlib import Path

import pytest

# A case says what differs.
pytest.register_assert_rewrite("tests.cases.case")

PARSING = threading.RLock()
IS_WHOLE = bool(os.environ.get("DRUMBEAT_TEST_ALL"))


def one_at_a_time(parse):
    """Let one thread parse at a time: two at once fail before Python 3.11.9."""

    @wraps(parse)
    def parsed(*given, **named):
        with PARSING:
            return parse(*given, **named)

    return parsed


ast.parse = one_at_a_time(ast.parse)


def pytest_collection_modifyitems(items):
    """Run the browser's tests last, which take a server of their own, and slow ones if asked."""
    items.sort(key=lambda item: "browser" in Path(item.path).parts)
    slow = [item for item in items if item.get_closest_marker("slow") and not IS_WHOLE]
    for item in slow:
        item.add_marker(pytest.mark.skip(reason="all of them with DRUMBEAT_TEST_ALL=1"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The data directory of the demo, made once for all processes; change a copy of it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "the-demo" / "data"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "serving" / "current.duckdb").exists():
            # Only those who need it load what it takes.
            from tests.end_to_end.conftest import run

            made = run("demo", "--no-dashboard", "--data-dir", str(folder))
            assert made.returncode == 0, made.stderr
            assert made.stdout == ""
    return folder
