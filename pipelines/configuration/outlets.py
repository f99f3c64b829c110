"""Settings of what others read: the published file."""

from typing import Literal

from pydantic import Field

from pipelines.configuration.settings import Settings


class Publish(Settings):
    """What is written beside the published file."""

    older_storage: Literal["v1.4.0", "v1.5.0"] | None = Field(
        default=None,
        description="Also write data/serving/current-<version>.duckdb, for tools whose DuckDB is "
        "older than 2.0. Left out: no such copy.",
    )
