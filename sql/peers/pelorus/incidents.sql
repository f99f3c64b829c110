-- One row per scope, incident and what it counts for: a failure on the day of its opening,
-- its length on the day on which it was over.
--
-- grain: metric, scope, name, incident_id
--   metric             change_fail_rate or recovery_time.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   incident_id        Incident.
--   happened_on        Day in the calendar's zone.
--   amount             Seconds; null for a failure.

select
    'change_fail_rate' as metric,
    scope,
    name,
    incident_id,
    opened_on as happened_on,
    cast(null as double) as amount
from shared.incidents
union all
select
    'recovery_time' as metric,
    scope,
    name,
    incident_id,
    resolved_on as happened_on,
    epoch(resolved_at) - epoch(opened_at) as amount
from shared.incidents
where resolved_at is not null
