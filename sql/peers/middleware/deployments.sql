-- One row per scope and deployment, failed ones too, and whether an incident began between its end
-- and that of the next one of the team. Incidents before the first deployment are dropped.
--
-- grain: scope, name, deployment_id
--   scope              service, team or organisation: one team.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment.
--   because_id         Such an incident; null without any.
--   happened_on        Day of the deployment's end in the calendar's zone.
--   is_success         True when it succeeded.
--   is_failed          True when an incident began in its time.

with moments as (
    select
        scope,
        name,
        finished_at as happened_at,
        0 as turn,
        deployment_id,
        null as incident_id
    from shared.deployments
    union all
    select
        scope,
        name,
        opened_at as happened_at,
        1 as turn,
        null as deployment_id,
        incident_id
    from middleware.incidents
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
),

blamed as (
    select
        scope,
        name,
        deployment_id,
        min(incident_id) as incident_id
    from latest
    where incident_id is not null
    group by scope, name, deployment_id
)

select
    deployments.scope,
    deployments.name,
    deployments.deployment_id,
    blamed.incident_id as because_id,
    deployments.finished_on as happened_on,
    deployments.is_success,
    blamed.incident_id is not null as is_failed
from shared.deployments as deployments
left join blamed
    on
        deployments.scope = blamed.scope
        and deployments.name = blamed.name
        and deployments.deployment_id = blamed.deployment_id
