-- One row per scope and commit that a deployment brought since the one before it, which is at most
-- 60 days older.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   change_id          Deployment and commit.
--   because_id         Deployment.
--   happened_on        Day of its end in the calendar's zone.
--   amount             Seconds.

select
    deployments.scope,
    deployments.name,
    concat(commits.deployment_id, ' ', commits.commit_id) as change_id,
    deployments.deployment_id as because_id,
    deployments.finished_on as happened_on,
    epoch(deployments.finished_at) - epoch(commits.authored_at) as amount
from shared.carried_commits as commits
inner join shared.successes as successes on commits.deployment_id = successes.deployment_id
inner join shared.deployments as deployments on commits.deployment_id = deployments.deployment_id
where
    commits.is_since_end
    and epoch(successes.finished_at) - epoch(successes.previous_at) <= 60 * 86400
