-- One row per pull request and successful production deployment that brought it, in one
-- sense or another.
--
-- grain: change_id, deployment_id
--   change_id          Pull request.
--   deployment_id      Deployment.
--   is_new             True when no earlier deployment of the chain carried it.
--   is_since_end       True when the one that ended before did not carry it.
--   is_since_start     True when the one that began before did not carry it.

with found as (
    select
        requests.change_id,
        commits.deployment_id,
        commits.is_new,
        commits.is_since_end,
        commits.is_since_start
    from facts.commits_since_previous as commits
    inner join shared.successes as successes on commits.deployment_id = successes.deployment_id
    inner join facts.requests as requests
        on
            successes.repository = requests.repository
            and commits.merge_sha = requests.merge_sha
    where requests.merged_at is not null
    union all
    select
        told.change_id,
        told.deployment_id,
        true as is_new,
        successes.previous_id is not null as is_since_end,
        not successes.is_first_begun as is_since_start
    from shared.told_requests as told
    inner join shared.successes as successes on told.deployment_id = successes.deployment_id
)

select *
from found
where is_new or is_since_end or is_since_start
