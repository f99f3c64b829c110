-- One row per service: what happens if it is rolled back now.
-- The time is the median of its own rollbacks by the same mechanism, told from five of them on;
-- it says nothing of what a rollback would do to data.
--
-- grain: service
--   service            Service.
--   state              yes by switch or reuse, no by rebuild or where a step that can not be taken
--                      back lies between, claimed, unknown or stale.
--   known_by           measured, claimed or unknown.
--   answer             The answer in a sentence.
--   observed_at        End of the latest production deployment, or day of the claim, UTC; null
--                      where unknown.
--   evidence_url       Page of the latest time it was taken back, else of that deployment, or of
--                      the claim; null where unknown.

with told as (
    select
        *,
        case
            when expected_minutes is null then ''
            when expected_count < 5 then concat(', n = ', expected_count)
            else concat(
                ' in about ',
                cast(round(expected_minutes) as bigint),
                ' min, n = ',
                expected_count
            )
        end as pace,
        case
            when exercised_days is null then ' Never exercised.'
            when exercised_days = 0 then ' Last exercised within a day.'
            when exercised_days = 1 then ' Last exercised a day ago.'
            else concat(' Last exercised ', exercised_days, ' days ago.')
        end as exercise
    from marts.architecture_rollbacks
),

claimed as (
    select *
    from facts.architecture_claims
    where kind = 'drill' and state = 'claimed'
    qualify row_number() over (partition by service order by claimed_on desc, claim_id) = 1
)

select
    live.service,
    coalesce(told.state, 'unknown') as state,
    case coalesce(told.state, 'unknown')
        when 'unknown' then 'unknown'
        when 'claimed' then 'claimed'
        else 'measured'
    end as known_by,
    case
        when told.state = 'claimed' then concat('Claimed: ', claimed.says, '.')
        when told.mechanism = 'switch'
            then concat('Traffic moves back', told.pace, '.', told.exercise)
        when told.mechanism = 'reuse'
            then concat('The version before is deployed again', told.pace, '.', told.exercise)
        when told.mechanism = 'rebuild'
            then concat('It is built again', told.pace, '.', told.exercise)
        when told.mechanism = 'project'
            then concat('A project: what can not be taken back lies between.', told.exercise)
        else 'Unknown: neither its versions nor a rollback of its own tell how.'
    end as answer,
    case
        when told.state = 'claimed' then cast(claimed.claimed_on as timestamptz)
        when told.mechanism <> 'unknown' then told.observed_at
    end as observed_at,
    case
        when told.state = 'claimed' or told.mechanism <> 'unknown' then told.evidence_url
    end as evidence_url
from facts.live_deployments as live
left join told on live.service = told.service
left join claimed on live.service = claimed.service
