-- One row per scope and incident: those of the incident tools, and every pull request that says
-- that it reverts something or is a hotfix, which is an incident from its opening to its merge.
--
-- grain: scope, name, incident_id
--   scope              service, team or organisation: one team.
--   name               The service, the team, or the word organisation.
--   incident_id        Incident, or pull request.
--   opened_at          Start, UTC.
--   happened_on        Day on which it was over, in the calendar's zone; null while open.
--   amount             Seconds; null while open.

select
    scope,
    name,
    incident_id,
    opened_at,
    resolved_on as happened_on,
    cast(epoch(resolved_at) - epoch(opened_at) as bigint) as amount
from shared.incidents
union all
select
    scope,
    name,
    concat('request ', change_id) as incident_id,
    opened_at,
    merged_on as happened_on,
    cast(epoch(merged_at) - epoch(opened_at) as bigint) as amount
from shared.requests
where (is_revert or is_hotfix) and opened_at is not null
