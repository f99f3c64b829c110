-- One row per scope and pull request: the first deployment, by start, that brought it since the
-- one begun before it in its chain, and its minutes, each part rounded up.
-- A negative part is none, and none adds nothing.
--
-- grain: scope, name, change_id
--   scope              service, team or organisation: one project.
--   name               The service, the team, or the word organisation.
--   change_id          Pull request.
--   because_id         The deployment.
--   happened_on        Day of its end in the calendar's zone.
--   amount             Minutes from first commit to its end.

with first_deployments as (
    select
        deployments.scope,
        deployments.name,
        carried.change_id,
        deployments.deployment_id,
        deployments.finished_at,
        deployments.finished_on
    from shared.carried_requests as carried
    inner join shared.deployments as deployments
        on carried.deployment_id = deployments.deployment_id
    inner join shared.successes as successes
        on carried.deployment_id = successes.deployment_id
    where carried.is_since_start
    qualify row_number() over (
        partition by deployments.scope, deployments.name, carried.change_id
        order by successes.began_at, deployments.deployment_id
    ) = 1
),

parts as (
    select
        firsts.*,
        epoch(requests.opened_at) - epoch(requests.first_commit_at) as coding_seconds,
        epoch(requests.merged_at) - epoch(requests.opened_at) as review_seconds,
        epoch(firsts.finished_at) - epoch(requests.merged_at) as deploy_seconds
    from first_deployments as firsts
    inner join facts.requests as requests on firsts.change_id = requests.change_id
)

select
    scope,
    name,
    change_id,
    deployment_id as because_id,
    finished_on as happened_on,
    cast(
        greatest(coalesce(ceil(coding_seconds / 60.0), 0), 0)
        + greatest(coalesce(ceil(review_seconds / 60.0), 0), 0)
        + greatest(coalesce(ceil(deploy_seconds / 60.0), 0), 0)
        as double
    ) as amount
from parts
