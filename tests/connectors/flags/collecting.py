"""Lands what a flag tool tells, as the landing zone would."""

from connectors import Failure, SourceError
from tests.connectors.gitlab.collecting import Landed

QUICK = {"sleep": lambda seconds: None}


def collect(tool, landed=None):
    """Collect once; whatever fails is kept, and what a whole listing lacks is gone."""
    landed = landed or Landed()
    landed.failures = []
    for entity in tool.entities:
        try:
            for told in tool.collect(entity, landed.cursors.get(entity, {})):
                if isinstance(told, Failure):
                    landed.failures.append(told)
                    continue
                if told.is_whole:
                    kept = {(entity, told.scope, row.record_id) for row in told.rows}
                    for key in [key for key in landed.records if key[:2] == (entity, told.scope)]:
                        if key not in kept:
                            landed.records.pop(key)
                landed.take(told)
        except SourceError as error:
            landed.failures.append(Failure(entity, "", error))
    return landed
