"""What the numbers mean: one SQL file is one table is one asset."""

from sql.models import (
    Column,
    Model,
    ModelError,
    in_order,
    model,
    models,
    over,
    peers,
    upstream,
)

__all__ = [
    "Column", "Model", "ModelError", "in_order", "model", "models", "over", "peers", "upstream",
]  # fmt: skip
