-- One row per scope and successful deployment: whether it is a rollback, and what mended it.
--
-- grain: scope, name, deployment_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment.
--   because_id         Deployment that mended it; null where it held.
--   happened_on        Day of its end in the calendar's zone.
--   is_rollback        True when it went back: it is no part of the failure rate.
--   is_failed          True when it was mended and is no rollback.
--   amount             Seconds to the end of the remedy; null where it held.

select
    deployments.scope,
    deployments.name,
    deployments.deployment_id,
    remedies.deployment_id as because_id,
    deployments.finished_on as happened_on,
    rollbacks.deployment_id is not null as is_rollback,
    remedies.mended_id is not null and rollbacks.deployment_id is null as is_failed,
    epoch(remedies.finished_at) - epoch(deployments.finished_at) as amount
from shared.deployments as deployments
left join datadog.rollbacks as rollbacks
    on deployments.deployment_id = rollbacks.deployment_id
left join datadog.remedies as remedies on deployments.deployment_id = remedies.mended_id
where deployments.is_success
