-- One row per scope and production deployment that ended, well or not.
--
-- grain: scope, name, deployment_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment.
--   service            Service.
--   environment        Environment.
--   repository         Repository of the deployed commit; null where unknown.
--   finished_at        End, UTC.
--   finished_on        Day of the end in the calendar's zone.
--   is_success         True when it succeeded, false when it failed.

select
    scopes.scope,
    scopes.name,
    deployments.deployment_id,
    deployments.service,
    deployments.environment,
    deployments.repository,
    deployments.finished_at,
    deployments.finished_on,
    deployments.status = 'success' as is_success
from facts.deployments as deployments
inner join facts.scopes as scopes
    on
        deployments.service = scopes.service
        and deployments.finished_on >= scopes.from_on
        and deployments.finished_on < scopes.until_on
inner join chosen.scopes as chosen
    on scopes.scope = chosen.scope and scopes.name = chosen.name
where
    deployments.is_production
    and deployments.status in ('success', 'failure')
    and deployments.finished_at is not null
