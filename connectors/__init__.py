"""A source's API in, records out; nothing is stored here."""

from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable
from connectors.records import Batch, Connector, Cursor, Failure, Record

__all__ = [
    "Batch",
    "Connector",
    "Cursor",
    "Failure",
    "Record",
    "SourceError",
    "SourceMisconfigured",
    "SourceUnavailable",
]
