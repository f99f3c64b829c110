-- One row per scope and deployment: rows that share an id but for @ and the service or repository
-- are one, which is over with the last of them.
--
-- grain: scope, name, group_id
--   scope              service, team or organisation: one project.
--   name               The service, the team, or the word organisation.
--   group_id           Deployment.
--   deployment_id      The last of its rows.
--   finished_at        End of that, UTC.
--   finished_on        Day of the end in the calendar's zone.

select
    deployments.scope,
    deployments.name,
    successes.group_id,
    deployments.deployment_id,
    deployments.finished_at,
    deployments.finished_on
from shared.deployments as deployments
inner join shared.successes as successes on deployments.deployment_id = successes.deployment_id
qualify row_number() over (
    partition by deployments.scope, deployments.name, successes.group_id
    order by deployments.finished_at desc, deployments.deployment_id
) = 1
