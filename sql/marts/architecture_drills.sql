-- One row per service: whether taking a version back was practised where nobody is hurt.
-- A rollback outside production is a measured drill; a drill that people claim is claimed, or
-- stale; a runbook without any drill is untested, which is no.
--
-- grain: service
--   service            Service.
--   state              yes, claimed, stale, no (a runbook that nobody tried) or unknown.
--   drilled_at         Latest measured drill, UTC.
--   drilled_on         Its day, else that of the claim.
--   environment        Where it was measured; null for a claim.
--   owner              Team that answers for the claim; null for a measured one.
--   expires_on         From this day on the claim is stale; null for a measured one.
--   evidence_url       Page of the rollback, or link of the claim; null without one.

with measured as (
    select
        service,
        finished_at,
        finished_on,
        environment,
        url
    from facts.deployments
    where is_rollback and not is_production and status = 'success'
    qualify row_number() over (
        partition by service order by finished_at desc, deployment_id
    ) = 1
),

claimed as (
    select *
    from facts.architecture_claims
    where kind in ('drill', 'runbook')
    qualify row_number() over (
        partition by service
        order by
            case when kind = 'drill' then 0 else 1 end,
            case when state = 'claimed' then 0 else 1 end,
            claimed_on desc,
            claim_id
    ) = 1
)

select
    services.service,
    case
        when measured.service is not null then 'yes'
        when claimed.kind = 'drill' then claimed.state
        when claimed.kind = 'runbook' then 'no'
        else 'unknown'
    end as state,
    measured.finished_at as drilled_at,
    case
        when measured.service is not null then measured.finished_on
        when claimed.kind = 'drill' then claimed.claimed_on
    end as drilled_on,
    measured.environment,
    case when measured.service is null then claimed.owner end as owner,
    case when measured.service is null then claimed.expires_on end as expires_on,
    case when measured.service is null then claimed.evidence_url else measured.url end
        as evidence_url
from facts.services as services
left join measured on services.service = measured.service
left join claimed on services.service = claimed.service
