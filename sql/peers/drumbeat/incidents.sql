-- One row per scope and incident that makes a counted deployment of ours a failed one.
--
-- grain: metric, scope, name, incident_id
--   metric             recovery_time.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   incident_id        Incident.
--   because_id         The failed deployment.
--   happened_on        Day of its end in the calendar's zone.
--   amount             Seconds to its recovery; null while open.

select
    'recovery_time' as metric,
    scopes.scope,
    scopes.name,
    links.incident_id,
    min(rollouts.rollout_id) as because_id,
    min(rollouts.finished_on) as happened_on,
    min(epoch(rollouts.recovered_at) - epoch(rollouts.failed_at)) as amount
from facts.deployment_incidents as links
inner join facts.deployments as deployments on links.deployment_id = deployments.deployment_id
inner join facts.rollouts as rollouts on deployments.rollout_id = rollouts.rollout_id
inner join facts.scopes as scopes
    on
        rollouts.service = scopes.service
        and rollouts.finished_on >= scopes.from_on
        and rollouts.finished_on < scopes.until_on
inner join chosen.scopes as chosen
    on scopes.scope = chosen.scope and scopes.name = chosen.name
where links.is_counted
group by scopes.scope, scopes.name, links.incident_id
