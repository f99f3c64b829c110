"""Lands what a pager tells, as the landing zone would."""

from contextlib import suppress

from connectors import Failure, SourceError
from connectors.pagers import Pager
from tests.connectors.gitlab.collecting import Killed, Landed

QUICK = {"sleep": lambda seconds: None}


def collect(api, landed=None, *, until=lambda: False, entities=Pager.entities):
    """Collect once; whatever fails is kept, and ``until`` kills after a batch."""
    landed = landed or Landed()
    landed.failures = []
    with suppress(Killed):
        for entity in entities:
            for told in batches(Pager(api), entity, landed):
                if isinstance(told, Failure):
                    landed.failures.append(told)
                else:
                    landed.take(told)
                    if until():
                        raise Killed
    return landed


def batches(pager, entity, landed):
    try:
        yield from pager.collect(entity, landed.cursors.get(entity, {}))
    except SourceError as error:
        yield Failure(entity, "", error)


def incidents(landed):
    """Return the payloads of all incidents by their record's id."""
    return {key[2]: told for key, told in landed.records.items() if key[0] == "incidents"}


def only(landed):
    """Return the payload of the one incident there is."""
    assert landed.failures == [], [str(failure.error) for failure in landed.failures]
    (found,) = incidents(landed).values()
    return found
