-- One row per failed deployment and the first deployment that mended it: a rollback; a revert,
-- which blames what brought the change, else the one before; a hotfix, which blames the one before.
--
-- grain: mended_id
--   mended_id          Deployment that failed.
--   deployment_id      Deployment that mended it first.
--   finished_at        End of that, UTC.

with found as (
    select
        mended_id,
        deployment_id
    from datadog.rollbacks
    union
    select
        coalesce(reverted.mended_id, successes.previous_id) as mended_id,
        successes.deployment_id
    from shared.carried_requests as carried
    inner join facts.requests as requests on carried.change_id = requests.change_id
    inner join shared.successes as successes on carried.deployment_id = successes.deployment_id
    left join datadog.reverted as reverted
        on
            carried.deployment_id = reverted.deployment_id
            and carried.change_id = reverted.change_id
    where carried.is_since_end and requests.is_revert
    union
    select
        successes.previous_id as mended_id,
        successes.deployment_id
    from shared.carried_requests as carried
    inner join facts.requests as requests on carried.change_id = requests.change_id
    inner join shared.successes as successes on carried.deployment_id = successes.deployment_id
    where carried.is_since_end and requests.is_hotfix
)

select
    found.mended_id,
    found.deployment_id,
    successes.finished_at
from found
inner join shared.successes as successes on found.deployment_id = successes.deployment_id
where found.mended_id is not null
qualify row_number() over (
    partition by found.mended_id order by successes.finished_at, found.deployment_id
) = 1
