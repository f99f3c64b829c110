-- One row per scope and successful deployment.
--
-- grain: scope, name, deployment_id
--   scope              service, team or organisation: one project or group.
--   name               The service, the team, or the word organisation.
--   deployment_id      Deployment.
--   happened_on        Day of its end in the calendar's zone.

select
    scope,
    name,
    deployment_id,
    finished_on as happened_on
from shared.deployments
where is_success
