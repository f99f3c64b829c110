"""What schema migrations do, read from their files alone; nothing in them is ever run."""

from pipelines.migrations.reading import VERSION, read

__all__ = ["VERSION", "read"]
