"""Made-up surveys of repositories, and what is proposed from them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.hosts.survey import Survey, Use
from pipelines.configuration import Configuration, parse
from pipelines.configuration.proposals.hosts import Seen, propose


def use(name: str, count: int = 1, day: str | None = None, path: str = "") -> Use:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    return Use(name, count, at, path)


def uses(*names: str, day: str = "2026-11-20") -> tuple[Use, ...]:
    return tuple(use(name, 10, day) for name in names)


def survey(full_name: str = "acme/shop", **told) -> Survey:
    return Survey(full_name, "main", **told)


def workflow(name: str, file: str, count: int = 10, day: str = "2026-11-20") -> Use:
    return use(name, count, day, f".github/workflows/{file}")


def component(name: str, owner: str = "", kind: str = "service", **annotations: str) -> str:
    notes = "".join(f"\n    {key}: '{value}'" for key, value in annotations.items())
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        f"metadata:\n  name: {name}\n" + (f"  annotations:{notes}\n" if notes else "")
        + f"spec:\n  type: {kind}\n" + (f"  owner: {owner}\n" if owner else "")
    )  # fmt: skip


def proposed(*surveys: Survey, kind="github", repositories=("acme/*",), **told):
    """Return the text that is proposed, and the configuration that it is."""
    text = propose(Seen(kind, repositories, surveys=surveys, **told))
    return text, read(text)


def read(text: str) -> Configuration:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", "made-up")
        patch.setenv("GITLAB_TOKEN", "made-up")
        return parse(text, Path("/somewhere/drumbeat.yaml"))


def uncommented(text: str) -> str:
    """Take away the ``# `` before services that are comments."""
    return "\n".join(
        line.replace("# ", "", 1) if line.startswith(("  # - ", "  #   ", "# services")) else line
        for line in text.splitlines()
    )
