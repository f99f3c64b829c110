"""The errors that end a command, each with what to do next."""


class DrumbeatError(Exception):
    """Something the user can mend; the message says what and how."""


class Busy(DrumbeatError):
    """Another process holds the lock on the data directory."""


class NothingPublished(DrumbeatError):
    """There is no published file to read yet."""


class Unreadable(NothingPublished):
    """The published file is damaged, or may not be read."""


class QueryFailed(DrumbeatError):
    """The user's own SQL can not be answered."""


class LandingDamaged(DrumbeatError):
    """A file of the landing zone is not what was written."""
