-- One row per service and trait that makes a day like another to ship on: is it there?
-- Fast rollback is a way back by switch or reuse; observability, that a machine saw the latest
-- failure first, or that an analysis watched the latest canary; automated abort, an analysis that
-- can stop a rollout; decoupled release, that at least half of the exposures of twelve weeks went
-- without a deployment; schema safety, that the latest migration that takes something away went
-- alone. What is not known, or only claimed, is unknown, and is no lack.
--
-- grain: service, trait
--   service            Service.
--   trait              fast rollback, observability, automated abort, decoupled release or schema
--                      safety.
--   place              1 to 5, in that order.
--   state              yes, no, unknown or stale.
--   observed_at        Of when, UTC; null where unknown.
--   evidence_url       Page at the source; null without one.

with failures as (
    select *
    from marts.architecture_recoveries
    where is_machine_first is not null
    qualify row_number() over (partition by service order by failed_at desc, deployment_id) = 1
),

exposures as (
    select *
    from marts.architecture_release_decoupling
    where scope = 'service' and period = 'twelve_weeks'
    qualify row_number() over (partition by name order by starts_on desc) = 1
),

contracts as (
    select
        migrations.service,
        migrations.deployment_id,
        min(migrations.deployed_at) as deployed_at,
        bool_or(migrations.kind = 'contract') as has_contract,
        bool_or(coalesce(paths.has_other_code, true)) as has_code
    from facts.migrations as migrations
    left join facts.deployment_paths as paths
        on migrations.deployment_id = paths.deployment_id
    where migrations.kind in ('contract', 'unread') and migrations.deployment_id is not null
    group by migrations.service, migrations.deployment_id
    qualify row_number() over (
        partition by migrations.service
        order by min(migrations.deployed_at) desc, migrations.deployment_id
    ) = 1
),

told as (
    select
        live.service,
        'fast rollback' as trait,
        1 as place,
        nullif(rollbacks.state, 'claimed') as state,
        rollbacks.observed_at,
        rollbacks.evidence_url
    from facts.live_deployments as live
    left join marts.architecture_rollbacks as rollbacks on live.service = rollbacks.service
    union all
    select
        live.service,
        'observability' as trait,
        2 as place,
        case
            when failures.is_machine_first then 'yes'
            when failures.service is not null then 'no'
            when canaries.level >= 2 or (canaries.state = 'stale' and canaries.criteria <> '')
                then canaries.state
        end as state,
        coalesce(failures.observed_at, canaries.observed_at) as observed_at,
        coalesce(failures.evidence_url, canaries.evidence_url) as evidence_url
    from facts.live_deployments as live
    left join failures on live.service = failures.service
    left join marts.architecture_canaries as canaries on live.service = canaries.service
    union all
    select
        live.service,
        'automated abort' as trait,
        3 as place,
        canaries.state,
        canaries.observed_at,
        canaries.evidence_url
    from facts.live_deployments as live
    left join marts.architecture_canaries as canaries on live.service = canaries.service
    union all
    select
        live.service,
        'decoupled release' as trait,
        4 as place,
        case
            when exposures.exposure_count > 0 and exposures.decoupled_share >= 0.5 then 'yes'
            when exposures.exposure_count > 0 then 'no'
        end as state,
        least(cast(exposures.ends_on as timestamptz), run.as_of) as observed_at,
        cast(null as text) as evidence_url
    from facts.live_deployments as live
    cross join config.run as run
    left join exposures on live.service = exposures.name
    union all
    select
        live.service,
        'schema safety' as trait,
        5 as place,
        case
            when contracts.has_contract then case when contracts.has_code then 'no' else 'yes' end
            when contracts.service is null and paths.has_migration is not null then 'yes'
        end as state,
        coalesce(contracts.deployed_at, live.finished_at) as observed_at,
        live.url as evidence_url
    from facts.live_deployments as live
    left join contracts on live.service = contracts.service
    left join facts.deployment_paths as paths on live.deployment_id = paths.deployment_id
)

select
    service,
    trait,
    place,
    coalesce(state, 'unknown') as state,
    case when state is not null and state <> 'unknown' then observed_at end as observed_at,
    case when state is not null and state <> 'unknown' then evidence_url end as evidence_url
from told
