"""Keeps what is nobody's business out of the client's log."""

import logging


class Discreet(logging.Filter):
    """Keeps bodies out of PyGithub's log: some hand out tokens, others hold addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the bodies of request and answer."""
        if isinstance(record.args, tuple) and len(record.args) == 9:
            left, right = record.args[:5], record.args[6:8]
            record.args = (*left, "(body left out)", *right, "(body left out)")
        return True


DISCREET = Discreet()


def keep_quiet() -> None:
    """Let PyGithub's log tell no bodies; adding a filter again changes nothing."""
    logging.getLogger("github.Requester").addFilter(DISCREET)
