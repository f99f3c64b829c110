"""The errors a source can raise, each saying what to do next."""


class SourceError(Exception):
    """A source could not be read; the message names the source, the scope and the remedy."""


class SourceUnavailable(SourceError):
    """The source did not answer, or not with what it promised: try again later."""


class SourceMisconfigured(SourceError):
    """The source can not be read as configured: mend the configuration first."""
