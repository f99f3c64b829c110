-- One row per service: could its newest feature be switched off for one customer or region without
-- a deployment? The newest feature is its newest release or ops flag that is in use; what no flag
-- tells of is unknown.
--
-- grain: service
--   service            Service.
--   state              yes, no, unknown or stale.
--   known_by           measured, or unknown.
--   answer             The answer in a sentence.
--   observed_at        When the flag was last seen evaluated in production, UTC; null where never.
--   evidence_url       Page of the flag.

with newest as (
    select *
    from marts.architecture_flag_switches
    qualify row_number() over (
        partition by service order by created_at desc nulls last, flag_id
    ) = 1
)

select
    live.service,
    coalesce(newest.state, 'unknown') as state,
    case
        when coalesce(newest.state, 'unknown') = 'unknown' then 'unknown'
        else 'measured'
    end as known_by,
    case
        when newest.service is null
            then 'Unknown: no release or ops flag of this service is known.'
        when newest.state = 'yes' and newest.is_proven
            then concat('Yes: ', newest.flag_key, ' has been switched for a customer or region.')
        when newest.state = 'yes'
            then concat('Yes: ', newest.flag_key, ' can choose by customer or region.')
        when newest.state = 'no'
            then concat('No: ', newest.flag_key, ' is on for everybody or nobody.')
        when newest.state = 'stale'
            then concat(newest.flag_key, ' was not seen evaluated in production for 7 days.')
        else concat('Unknown: nobody tells by what ', newest.flag_key, ' can choose.')
    end as answer,
    newest.observed_at,
    newest.evidence_url
from facts.live_deployments as live
left join newest on live.service = newest.service
