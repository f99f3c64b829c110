"""What holds for all tests."""

from pathlib import Path


def pytest_collection_modifyitems(items):
    """Run the browser's tests last: Playwright leaves its event loop running in this process."""
    items.sort(key=lambda item: "browser" in Path(item.path).parts)
