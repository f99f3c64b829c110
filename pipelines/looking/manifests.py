"""What a changed manifest tells: whether it is one, and whether only an image moved in it."""

import re
from collections import Counter
from typing import Any

VERSION = 1
"""Raised whenever the same file is told otherwise."""
# Lines that say which image runs: of Kubernetes, Helm, Kustomize, Compose and Terraform.
IMAGE = re.compile(
    r"^[-\s]*[\"']?[\w.-]*(?:image|tag|newTag|newName|digest|appVersion|image_tag|imageTag)[\"']?"
    r"\s*[:=]",
    re.IGNORECASE,
)
# Folders of these names hold other files too.
LOOSE = {"kubernetes": re.compile(r"(?m)^\s*[\"']?apiVersion[\"']?\s*:"), "kustomize": None}


def read(tool: str, path: str, before: bytes | None, after: bytes | None) -> dict[str, Any] | None:
    """Return what a manifest tells; null where it is none."""
    sign = LOOSE.get(tool)
    if after is None:
        return {}
    if sign and not sign.search(after.decode("utf-8", "replace")):
        return None
    if before is None:
        return {"is_image_only": False}
    return {"is_image_only": is_image_only(lines(before), lines(after))}


def lines(content: bytes) -> Counter[str]:
    """Count the lines that say something."""
    told = (line.strip() for line in content.decode("utf-8", "replace").splitlines())
    return Counter(line for line in told if line and not line.startswith("#"))


def is_image_only(before: "Counter[str]", after: "Counter[str]") -> bool:
    """Tell whether every line that differs says which image runs, and at least one does."""
    moved = [*(before - after), *(after - before)]
    return bool(moved) and all(IMAGE.match(line) for line in moved)
