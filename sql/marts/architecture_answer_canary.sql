-- One row per service: what the criteria of its last canary were, and who decided.
--
-- grain: service
--   service            Service.
--   state              yes from automatic analysis on, no below, unknown or stale.
--   known_by           measured, or unknown.
--   answer             The answer in a sentence.
--   observed_at        Start of the latest rollout, UTC; null without one.
--   evidence_url       Its page.

with told as (
    select
        *,
        case decided_by
            when 'rule' then 'a rule decided'
            when 'hand' then 'a person decided'
            when 'skipped' then 'it was skipped'
            else 'nobody looked'
        end as decision
    from marts.architecture_canaries
)

select
    live.service,
    coalesce(told.state, 'unknown') as state,
    case
        when coalesce(told.state, 'unknown') = 'unknown' then 'unknown'
        else 'measured'
    end as known_by,
    case
        when told.state = 'stale' and told.criteria <> ''
            then concat('Judged by ', told.criteria, ', but the latest deployments had no canary.')
        when told.state = 'stale'
            then 'None of late, and before that a slow rollout without criteria.'
        when told.service is null or told.level is null
            then 'Unknown: of too few of its deployments the rollout is known.'
        when told.level = 0
            then 'None: all traffic went over at once, and nobody looked.'
        when told.level = 1
            then concat('None: a slow rollout in steps, without criteria; ', told.decision, '.')
        else concat(
            'Judged by ',
            told.criteria,
            case when told.level >= 3 then ' against the stable version' else '' end,
            case
                when told.level >= 4 then ', which has stopped a bad version; '
                else '; '
            end,
            told.decision,
            '.'
        )
    end as answer,
    told.observed_at,
    told.evidence_url
from facts.live_deployments as live
left join told on live.service = told.service
