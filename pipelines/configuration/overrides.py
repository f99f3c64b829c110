"""What people know better than the rules: one entry of ``overrides.yaml``."""

from typing import Literal

from pydantic import Field, model_validator

from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Day, Text

FILE_NAME = "overrides.yaml"
SHAPES = "`incident` with `link` or `unlink`, or `deployment` with `mark`"


class Override(Settings):
    """One word of a person about one failure."""

    incident: Text | None = None
    link: Text | None = None
    unlink: Text | None = None
    deployment: Text | None = None
    mark: Literal["failed", "held"] | None = None
    reason: Text = Field(max_length=500)
    on: Day

    @model_validator(mode="after")
    def _whole(self) -> "Override":
        """Refuse what is none of the three shapes."""
        given = {name for name in Override.model_fields if getattr(self, name) is not None}
        if given - {"reason", "on"} not in (
            {"incident", "link"}, {"incident", "unlink"}, {"deployment", "mark"},
        ):  # fmt: skip
            raise ValueError(f"must be {SHAPES}")
        return self

    @property
    def does(self) -> str:
        """Name what it does: link, unlink, failed or held."""
        return self.mark or ("link" if self.link else "unlink")

    @property
    def blamed(self) -> str | None:
        """Name the deployment that it is about."""
        return self.deployment or self.link or self.unlink
