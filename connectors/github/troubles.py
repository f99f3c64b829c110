"""What may go wrong with a single call, so that it is made again or nothing is asked any more."""

from connectors.errors import SourceMisconfigured


class Broken(Exception):
    """An answer that is not what it should be: half of it, no JSON, another repository's."""


class TooHeavy(Exception):
    """GitHub gave up on a query; half as large a page may pass."""


class Limited(Exception):
    """A limit on calls; ``seconds`` until it ends."""

    def __init__(self, seconds: float) -> None:
        super().__init__("GitHub's limit on calls is reached")
        self.seconds = seconds


class Stale(Exception):
    """The token of an App's installation was refused and has been forgotten."""


class NotSignedIn(SourceMisconfigured):
    """Nothing can be read at this host: what signs in, its address or its certificate is wrong."""
