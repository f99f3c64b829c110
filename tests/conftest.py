"""What holds for all tests."""

import ast
import threading
from functools import wraps
from pathlib import Path

PARSING = threading.RLock()


def one_at_a_time(parse):
    """Let one thread parse at a time: two at once fail before Python 3.11.9."""

    @wraps(parse)
    def parsed(*given, **named):
        with PARSING:
            return parse(*given, **named)

    return parsed


ast.parse = one_at_a_time(ast.parse)


def pytest_collection_modifyitems(items):
    """Run the browser's tests last: they take a server and a browser of their own."""
    items.sort(key=lambda item: "browser" in Path(item.path).parts)
