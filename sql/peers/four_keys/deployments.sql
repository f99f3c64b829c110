-- One row per scope and successful deployment, and how many incidents name it.
--
-- grain: scope, name, deployment_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment.
--   because_id         An incident that names it; null without any.
--   happened_on        Day of its end in the calendar's zone.
--   incident_count     Incidents that name it.
--   is_failed          True when an incident names it.

with named as (
    select
        deployment_id,
        min(incident_id) as incident_id,
        count(*) as incident_count
    from four_keys.named
    group by deployment_id
)

select
    deployments.scope,
    deployments.name,
    deployments.deployment_id,
    named.incident_id as because_id,
    deployments.finished_on as happened_on,
    coalesce(named.incident_count, 0) as incident_count,
    named.incident_id is not null as is_failed
from shared.deployments as deployments
left join named on deployments.deployment_id = named.deployment_id
where deployments.is_success
