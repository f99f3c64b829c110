-- One row per service: how often it deploys this week, which is not over.
--
-- grain: service
--   service            Service.
--   state              yes once it deployed this week, no before that.
--   known_by           measured.
--   answer             The answer in a sentence.
--   observed_at        End of its latest counted deployment, UTC.
--   evidence_url       Its page.

with latest as (
    select
        service,
        finished_at,
        url
    from facts.rollouts
    qualify row_number() over (partition by service order by finished_at desc, rollout_id) = 1
)

select
    live.service,
    case when overview.this_week_count > 0 then 'yes' else 'no' end as state,
    'measured' as known_by,
    concat(
        case
            when overview.this_week_count = 0 then 'None so far this week'
            else concat(overview.this_week_count, ' so far this week')
        end,
        case
            when overview.usual_high is null then '.'
            else concat(
                ', usual ',
                cast(round(overview.usual_low) as bigint),
                ' to ',
                cast(round(overview.usual_high) as bigint),
                ' in a whole one.'
            )
        end
    ) as answer,
    latest.finished_at as observed_at,
    latest.url as evidence_url
from facts.live_deployments as live
inner join marts.service_overview as overview on live.service = overview.service
left join latest on live.service = latest.service
