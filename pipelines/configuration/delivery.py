"""The settings of progressive delivery: what is known of a metric by its name."""

from collections.abc import Iterator

from pydantic import Field

from pipelines.configuration.globs import name_pattern
from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Globs


class Signals(Settings):
    """Which metrics of an analysis tell of what, by their names."""

    business: Globs = Field(
        default=(),
        description="Metrics that tell what the business is worth: orders-*, conversion. "
        "Nobody else can know them.",
    )
    errors: Globs = Field(
        default=("*error*", "*success*", "*fail*", "*5xx*", "*availability*"),
        description="Metrics that tell of errors.",
    )
    latency: Globs = Field(
        default=("*latency*", "*duration*", "*response*time*", "*p95*", "*p99*"),
        description="Metrics that tell how long answers take.",
    )


class Delivery(Settings):
    """How progressive rollouts are read."""

    signals: Signals = Field(
        default=Signals(),
        description="Which metrics of an analysis tell of what, by globs of their names; case "
        "does not count. The first that matches counts, business before errors before latency; "
        "the rest are unknown.",
    )

    @property
    def patterns(self) -> Iterator[tuple[int, str, str]]:
        """Yield a place, a signal and the regular expression of its metrics, for SQL."""
        named = self.signals.model_dump()
        for place, (signal, globs) in enumerate(named.items()):
            if globs:
                yield place, signal, name_pattern(globs)
