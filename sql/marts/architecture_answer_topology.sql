-- One row per service: whether its latest change of topology was in the same review as the code.
-- Changes by bots and those that move nothing but an image do not count.
--
-- grain: service
--   service            Service.
--   state              yes in the same change, no elsewhere, unknown without such a change.
--   known_by           measured, or unknown.
--   answer             The answer in a sentence.
--   observed_at        On the default branch since, UTC; null without such a change.
--   evidence_url       Null: a commit has no page.

with latest as (
    select *
    from facts.topology_changes
    where not coalesce(is_bot, false) and not coalesce(is_image_only, false)
    qualify row_number() over (
        partition by service order by landed_at desc nulls last, repository, commit_sha
    ) = 1
)

select
    live.service,
    case
        when latest.place = 'same_change' then 'yes'
        when coalesce(latest.place, 'unknown') = 'unknown' then 'unknown'
        else 'no'
    end as state,
    case
        when coalesce(latest.place, 'unknown') = 'unknown' then 'unknown'
        else 'measured'
    end as known_by,
    concat(
        case latest.place
            when 'same_change' then 'Yes: the latest came with the code'
            when 'same_repository' then 'No: a change of its own, in the same repository'
            when 'same_team' then 'No: in another repository of the same team'
            when 'other_team' then 'No: in a repository of another team'
            else 'Unknown: no change of its topology is known'
        end,
        case
            when latest.place = 'same_change' or latest.wait_seconds is null then '.'
            else concat(
                ', ',
                cast(round(latest.wait_seconds / 3600.0) as bigint),
                ' h after the code.'
            )
        end
    ) as answer,
    latest.landed_at as observed_at,
    cast(null as text) as evidence_url
from facts.live_deployments as live
left join latest on live.service = latest.service
