-- One row per scope and incident that a deployment is blamed for: the last successful one of the
-- project that ended strictly before the incident was opened, however long before.
--
-- grain: scope, name, incident_id
--   scope              service, team or organisation: one project.
--   name               The service, the team, or the word organisation.
--   incident_id        Incident.
--   deployment_id      Deployment that is blamed.

with moments as (
    select
        scope,
        name,
        finished_at as happened_at,
        1 as turn,
        deployment_id,
        null as incident_id
    from devlake.groups
    union all
    select
        scope,
        name,
        opened_at as happened_at,
        0 as turn,
        null as deployment_id,
        incident_id
    from shared.incidents
),

latest as (
    select
        scope,
        name,
        incident_id,
        last_value(deployment_id ignore nulls) over (
            partition by scope, name
            order by happened_at, turn, deployment_id, incident_id
            rows between unbounded preceding and current row
        ) as deployment_id
    from moments
)

select
    scope,
    name,
    incident_id,
    deployment_id
from latest
where incident_id is not null and deployment_id is not null
