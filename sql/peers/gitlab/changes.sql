-- One row per scope and merged pull request: from its merge to the end of the first deployment that
-- carried it.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation: one project or group.
--   name               The service, the team, or the word organisation.
--   change_id          Pull request.
--   because_id         Deployment.
--   happened_on        Day of its end in the calendar's zone.
--   amount             Seconds.

select
    deployments.scope,
    deployments.name,
    carried.change_id,
    deployments.deployment_id as because_id,
    deployments.finished_on as happened_on,
    epoch(deployments.finished_at) - epoch(requests.merged_at) as amount
from shared.carried_requests as carried
inner join shared.deployments as deployments on carried.deployment_id = deployments.deployment_id
inner join facts.requests as requests on carried.change_id = requests.change_id
where carried.is_new and requests.merged_at is not null
qualify row_number() over (
    partition by deployments.scope, deployments.name, carried.change_id
    order by deployments.finished_at, deployments.deployment_id
) = 1
