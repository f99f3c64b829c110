"""What holds for all tests."""

import ast
import fcntl
import os
import shutil
import sys
import threading
from functools import wraps
from pathlib import Path

import pytest

# A case says what differs.
pytest.register_assert_rewrite("tests.cases.case")

PARSING = threading.RLock()
DEMO = "the-demo"
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
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / DEMO / "data"
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


@pytest.fixture(scope="session")
def demo_pages(demo, tmp_path_factory):
    """A copy of what the demo published, for pages, which keep their file open.

    One process opens a file in one way, and theirs is no command's.
    """
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(demo / "serving", folder / "serving", symlinks=True)
    return folder


@pytest.fixture(autouse=True)
def no_page_keeps_the_demo():
    """Fail the test whose page opened the demo itself, and not one that runs a command on it."""
    yield
    pages = sys.modules.get("dashboard.data")
    assert not [path for path in getattr(pages, "_open", ()) if DEMO in path.parts], "demo_pages"
