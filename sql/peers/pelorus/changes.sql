-- One row per scope and commit that was deployed itself, in the earliest deployment of it by the
-- application, which is a service.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   change_id          Application and commit.
--   because_id         Deployment.
--   service            Application.
--   happened_on        Day of its end in the calendar's zone.
--   amount             Seconds.

select
    deployments.scope,
    deployments.name,
    concat(
        deployments.service, ' ', coalesce(deployments.repository, ''), ' ', commits.commit_id
    ) as change_id,
    deployments.deployment_id as because_id,
    deployments.service,
    deployments.finished_on as happened_on,
    epoch(deployments.finished_at) - epoch(commits.authored_at) as amount
from shared.carried_commits as commits
inner join shared.deployments as deployments on commits.deployment_id = deployments.deployment_id
where commits.is_deployed
qualify row_number() over (
    partition by
        deployments.scope, deployments.name, deployments.service,
        coalesce(deployments.repository, ''), commits.commit_id
    order by deployments.finished_at, deployments.deployment_id
) = 1
