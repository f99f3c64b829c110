"""What holds for all tests."""

import ast
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
