-- One row per deployment with a revert and earlier deployment of the same chain that brought what
-- is taken back, as the title of the revert tells: the latest of them.
--
-- grain: deployment_id, change_id
--   deployment_id      Deployment with the revert.
--   change_id          Revert.
--   mended_id          Deployment with what is taken back.

with taken_back as (
    select
        reverts.change_id,
        requests.change_id as reverted_id
    from facts.requests as reverts
    inner join facts.requests as requests
        on
            reverts.reverted_title = requests.title
            and coalesce(reverts.repository, '') = coalesce(requests.repository, '')
            and reverts.change_id <> requests.change_id
            and reverts.merged_at >= requests.merged_at
    where reverts.is_revert
    qualify row_number() over (
        partition by reverts.change_id
        order by requests.merged_at desc, requests.change_id desc
    ) = 1
)

select
    fixes.deployment_id,
    taken_back.change_id,
    broken.deployment_id as mended_id
from taken_back
inner join shared.carried_requests as fixed
    on taken_back.change_id = fixed.change_id and fixed.is_since_end
inner join shared.successes as fixes on fixed.deployment_id = fixes.deployment_id
inner join shared.carried_requests as carried
    on taken_back.reverted_id = carried.change_id and carried.is_since_end
inner join shared.successes as broken
    on
        carried.deployment_id = broken.deployment_id
        and fixes.service = broken.service
        and fixes.environment = broken.environment
        and coalesce(fixes.repository, '') = coalesce(broken.repository, '')
        and fixes.place > broken.place
qualify row_number() over (
    partition by fixes.deployment_id, taken_back.change_id order by broken.place desc
) = 1
