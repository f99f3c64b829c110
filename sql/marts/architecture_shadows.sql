-- One row per service: whether its latest version saw copies of real traffic before it served any.
-- Performed is a shadow of the same commit or version that began within 14 days before the
-- exposure, which is the start of its rollout, else of the deployment; compared needs a verdict.
--
-- grain: service
--   service            Service.
--   state              yes when it was performed; claimed where people claim it; stale where only
--                      other versions were shadowed, or too long ago, or a claim has run out; no
--                      where a mirror is configured and no shadow is told; unknown elsewhere.
--   is_configured      True when its latest rollout has a step that copies traffic; null where no
--                      rollout is known.
--   compared           matched, differed or unknown.
--   shadow_count       Shadows of the last 365 days.
--   observed_at        Start of the shadow, else day of the claim, else start of the latest one,
--                      UTC.
--   evidence_url       Its page, or where the claim can be read.

with rollouts as (
    select *
    from facts.progressive_rollouts
    where is_production
    qualify row_number() over (
        partition by service order by started_at desc, rollout_key desc
    ) = 1
),

exposed as (
    select
        live.service,
        records.commit_sha,
        records.version,
        min(
            coalesce(rollouts.started_at, records.started_at, records.finished_at)
        ) as exposed_at
    from facts.live_deployments as live
    inner join facts.deployment_records as records on live.deployment_id = records.deployment_id
    left join facts.progressive_rollouts as rollouts
        on live.deployment_id = rollouts.deployment_id
    group by live.service, records.commit_sha, records.version
),

fitting as (
    select
        shadows.*,
        exposed.exposed_at
    from exposed
    inner join facts.shadows as shadows
        on
            exposed.service = shadows.service
            and (
                exposed.version = shadows.version
                or (
                    length(shadows.commit_sha) >= 7
                    and starts_with(exposed.commit_sha, shadows.commit_sha)
                )
            )
            and shadows.started_at <= exposed.exposed_at
),

performed as (
    select *
    from fitting
    where started_at >= exposed_at - interval 14 day
    qualify row_number() over (
        partition by service order by (verdict is null), started_at desc, shadow_id
    ) = 1
),

latest as (
    select *
    from facts.shadows
    qualify row_number() over (
        partition by service order by started_at desc, shadow_id
    ) = 1
),

counted as (
    select
        shadows.service,
        count(*) as shadow_count
    from facts.shadows as shadows
    cross join config.run as run
    where shadows.started_at > run.as_of - interval 365 day
    group by shadows.service
),

claimed as (
    select *
    from facts.architecture_claims
    where kind = 'shadow'
    qualify row_number() over (
        partition by service order by state, claimed_on desc, claim_id
    ) = 1
)

select
    services.service,
    case
        when performed.service is not null then 'yes'
        when claimed.state = 'claimed' then 'claimed'
        when latest.service is not null then 'stale'
        when coalesce(rollouts.has_traffic_mirror, false) then 'no'
        else coalesce(claimed.state, 'unknown')
    end as state,
    rollouts.has_traffic_mirror as is_configured,
    coalesce(performed.verdict, 'unknown') as compared,
    coalesce(counted.shadow_count, 0) as shadow_count,
    case
        when performed.service is not null then performed.started_at
        else coalesce(cast(claimed.claimed_on as timestamptz), latest.started_at)
    end as observed_at,
    case
        when performed.service is not null then performed.url
        else coalesce(claimed.evidence_url, latest.url, rollouts.url)
    end as evidence_url
from facts.services as services
left join performed on services.service = performed.service
left join latest on services.service = latest.service
left join counted on services.service = counted.service
left join claimed on services.service = claimed.service
left join rollouts on services.service = rollouts.service
