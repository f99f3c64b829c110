-- One row per scope and incident that is over: from its opening, and from the end of the deployment
-- that is blamed, for which it has to be resolved in the window too.
--
-- grain: metric, scope, name, incident_id
--   metric             recovery_time, or time_to_restore for the older one.
--   scope              service, team or organisation: one project.
--   name               The service, the team, or the word organisation.
--   incident_id        Incident.
--   because_id         Deployment that is blamed; null for the older one.
--   happened_on        Day of that deployment's end, of the opening for the older one.
--   amount             Minutes.

select
    'recovery_time' as metric,
    incidents.scope,
    incidents.name,
    incidents.incident_id,
    caused.deployment_id as because_id,
    deployments.finished_on as happened_on,
    (epoch(incidents.resolved_at) - epoch(deployments.finished_at)) / 60.0 as amount
from shared.incidents as incidents
inner join devlake.caused as caused
    on
        incidents.scope = caused.scope
        and incidents.name = caused.name
        and incidents.incident_id = caused.incident_id
inner join devlake.groups as deployments
    on
        caused.scope = deployments.scope
        and caused.name = deployments.name
        and caused.deployment_id = deployments.deployment_id
cross join chosen.span as span
where incidents.resolved_on >= span.since_on and incidents.resolved_on < span.until_on
union all
select
    'time_to_restore' as metric,
    scope,
    name,
    incident_id,
    null as because_id,
    opened_on as happened_on,
    (epoch(resolved_at) - epoch(opened_at)) / 60.0 as amount
from shared.incidents
where resolved_at is not null
