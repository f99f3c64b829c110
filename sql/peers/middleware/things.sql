-- One row per scope and thing that counts: deployments, pull requests and incidents.
--
-- grain: scope, name, kind, thing_id
--   scope              service, team or organisation: one team.
--   name               The service, the team, or the word organisation.
--   kind               deployment, change or incident.
--   thing_id           Its id.
--   happened_on        Day by which it falls into a period; null for an incident that is open.
--   is_success         True for a deployment that succeeded; null for what is none.
--   is_failed          True for a deployment that an incident followed; null for what is none.
--   lead_seconds       Of a pull request.
--   recovery_seconds   Of an incident that is over.

select
    scope,
    name,
    'deployment' as kind,
    deployment_id as thing_id,
    happened_on,
    is_success,
    is_failed,
    null as lead_seconds,
    null as recovery_seconds
from middleware.deployments
union all
select
    scope,
    name,
    'change' as kind,
    change_id as thing_id,
    happened_on,
    null as is_success,
    null as is_failed,
    amount as lead_seconds,
    null as recovery_seconds
from middleware.changes
union all
select
    scope,
    name,
    'incident' as kind,
    incident_id as thing_id,
    happened_on,
    null as is_success,
    null as is_failed,
    null as lead_seconds,
    amount as recovery_seconds
from middleware.incidents
