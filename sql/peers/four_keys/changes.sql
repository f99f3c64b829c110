-- One row per scope and commit in a deployment: the deployed one, and those since the deployment
-- before, which stand for what the push told. What took no time is dropped.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   change_id          Deployment and commit.
--   because_id         Deployment.
--   happened_on        Day of its end in the calendar's zone.
--   amount             Minutes.

select
    deployments.scope,
    deployments.name,
    concat(commits.deployment_id, ' ', commits.commit_id) as change_id,
    deployments.deployment_id as because_id,
    deployments.finished_on as happened_on,
    (epoch(deployments.finished_at) - epoch(commits.authored_at)) / 60.0 as amount
from shared.carried_commits as commits
inner join shared.deployments as deployments on commits.deployment_id = deployments.deployment_id
where commits.authored_at < deployments.finished_at
