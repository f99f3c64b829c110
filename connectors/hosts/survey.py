"""What a repository really uses, as seen before anything is configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Use:
    """How often a thing was seen lately, and when last; ``count`` may be capped by a page."""

    name: str
    count: int
    latest_at: datetime | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """One repository: its newest deployments by environment, releases, tags, runs, labels, files.

    ``runs`` are workflows (name and path), pipelines or jobs that ran lately; ``labels`` are the
    names of labels that issues use. ``files`` maps the paths that were looked for (CODEOWNERS and
    its places, catalog-info.yaml) to their text; those that are not there are left out.
    """

    full_name: str
    default_branch: str | None = None
    is_archived: bool = False
    is_fork: bool = False
    pushed_at: datetime | None = None
    deployments: tuple[Use, ...] = ()
    production_tiers: tuple[str, ...] = ()
    releases: tuple[Use, ...] = ()
    tags: tuple[str, ...] = ()
    runs: tuple[Use, ...] = ()
    labels: tuple[str, ...] = ()
    issue_types: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
