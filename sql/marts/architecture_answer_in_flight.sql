-- One row per service: what becomes of work in flight across the switch.
-- Nothing measures it: a claim is shown as claimed. How long the old version stays up, and whether
-- the latest deployment changed a schema of messages, stand beside it.
--
-- grain: service
--   service            Service.
--   state              claimed, stale or unknown.
--   known_by           claimed, or unknown.
--   answer             The answer in a sentence.
--   observed_at        Day it was claimed, UTC midnight; null without a claim.
--   evidence_url       Where the claim can be read.

with claimed as (
    select *
    from facts.architecture_claims
    where kind = 'in_flight'
    qualify row_number() over (
        partition by service order by state, expires_on desc nulls last, claim_id
    ) = 1
),

beside as (
    select
        live.service,
        concat(
            case
                when rollbacks.warm_minutes is null then ''
                else concat(
                    ' The old version stays up ',
                    cast(round(rollbacks.warm_minutes) as bigint),
                    ' min.'
                )
            end,
            case
                when paths.has_message_schema
                    then ' The latest deployment changed a schema of messages.'
                else ''
            end
        ) as words
    from facts.live_deployments as live
    left join marts.architecture_rollbacks as rollbacks on live.service = rollbacks.service
    left join facts.deployment_paths as paths on live.deployment_id = paths.deployment_id
)

select
    live.service,
    coalesce(claimed.state, 'unknown') as state,
    case when claimed.service is null then 'unknown' else 'claimed' end as known_by,
    concat(
        case
            when claimed.service is null
                then 'Unknown: no test of work in flight is claimed.'
            when claimed.state = 'stale'
                then concat('A claim that has run out: ', claimed.says, '.')
            else concat('Claimed: ', claimed.says, '.')
        end,
        beside.words
    ) as answer,
    cast(claimed.claimed_on as timestamptz) as observed_at,
    claimed.evidence_url
from facts.live_deployments as live
inner join beside on live.service = beside.service
left join claimed on live.service = claimed.service
