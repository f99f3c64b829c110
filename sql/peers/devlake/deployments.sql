-- One row per scope and deployment, and whether an incident is blamed on it.
--
-- grain: scope, name, deployment_id
--   scope              service, team or organisation: one project.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment, by the last of its rows.
--   because_id         Incident that is blamed on it; null without any.
--   happened_on        Day of its end in the calendar's zone.
--   is_failed          True when an incident is blamed on it.

with failed as (
    select
        scope,
        name,
        deployment_id,
        min(incident_id) as incident_id
    from devlake.caused
    group by scope, name, deployment_id
)

select
    deployments.scope,
    deployments.name,
    deployments.deployment_id,
    failed.incident_id as because_id,
    deployments.finished_on as happened_on,
    failed.incident_id is not null as is_failed
from devlake.groups as deployments
left join failed
    on
        deployments.scope = failed.scope
        and deployments.name = failed.name
        and deployments.deployment_id = failed.deployment_id
