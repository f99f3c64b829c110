-- One row per time a service was taken back, in any environment, and by what mechanism.
-- An aborted canary, and a way back while the old version is still up, is a switch; a deployment of
-- a digest that ran there before reuses it, for what has the same digest was not built again;
-- what has another digest than before, and a revert or hotfix, is a rebuild. Past a migration that
-- can not be taken back each of these was a project. The rest is unknown.
-- The clock runs from the first signal of trouble, or from its start where there was none.
--
-- grain: rollback_id
--   rollback_id        The deployment, or the rollout that was aborted.
--   service            Service.
--   environment        Environment.
--   is_production      True when the environment counts as production.
--   how                rollback, fix (a revert or hotfix) or abort.
--   mechanism          switch, reuse, rebuild, project or unknown.
--   signal_at          First signal of trouble, UTC; null where none is known.
--   began_at           Start, UTC.
--   finished_at        End, UTC.
--   took_seconds       From the first signal, else the start, to the end.
--   mended_id          Deployment that was taken back; null where unknown.
--   url                Page at the source.

with digests as (
    select
        records.deployment_id,
        bool_or(earlier.artifact_digest = records.artifact_digest) as is_known
    from facts.deployment_records as records
    inner join facts.deployment_records as earlier
        on
            records.service = earlier.service
            and records.environment = earlier.environment
            and earlier.status = 'success'
            and earlier.finished_at < records.finished_at
            and earlier.artifact_digest is not null
    where records.artifact_digest is not null
    group by records.deployment_id
),

-- How long what was live before the one that is taken back stayed up.
warm as (
    select
        deployment_id,
        max(
            case
                when status = 'completed' then finished_at + warm_seconds * interval 1 second
            end
        ) as warm_until,
        bool_or(is_rollback) as is_fast
    from facts.progressive_rollouts
    where deployment_id is not null
    group by deployment_id
),

signals as (
    select
        failed.deployment_id,
        min(failed.incident_at) as signal_at
    from facts.failed_deployments as failed
    group by failed.deployment_id
),

back as (
    select
        records.deployment_id as rollback_id,
        records.service,
        records.environment,
        records.is_production,
        'rollback' as how,
        case
            when
                coalesce(own.is_fast, false)
                or coalesce(
                    live.warm_until > coalesce(records.started_at, records.finished_at), false
                )
                then 'switch'
            when digests.is_known then 'reuse'
            when digests.is_known = false then 'rebuild'
            else 'unknown'
        end as mechanism,
        coalesce(records.started_at, records.finished_at) as began_at,
        records.finished_at,
        versions.live_deployment_id as mended_id,
        records.url
    from facts.deployment_versions as versions
    inner join facts.deployment_records as records
        on versions.deployment_id = records.deployment_id
    left join digests on records.deployment_id = digests.deployment_id
    left join warm as own on records.deployment_id = own.deployment_id
    left join warm as live on versions.live_deployment_id = live.deployment_id
    where versions.is_rollback
),

rebuilt as (
    select
        remedies.deployment_id as rollback_id,
        records.service,
        records.environment,
        records.is_production,
        'fix' as how,
        'rebuild' as mechanism,
        min(remedies.began_at) as began_at,
        records.finished_at,
        min(remedies.mended_id) as mended_id,
        records.url
    from facts.remedies as remedies
    inner join facts.deployment_records as records
        on remedies.deployment_id = records.deployment_id
    left join back on remedies.deployment_id = back.rollback_id
    where remedies.how in ('revert', 'hotfix') and back.rollback_id is null
    group by
        remedies.deployment_id, records.service, records.environment, records.is_production,
        records.finished_at, records.url
),

aborted as (
    select
        rollouts.rollout_key as rollback_id,
        rollouts.service,
        rollouts.environment,
        rollouts.is_production,
        'abort' as how,
        'switch' as mechanism,
        coalesce(min(analyses.finished_at), rollouts.abort_at) as began_at,
        rollouts.abort_at as finished_at,
        rollouts.deployment_id as mended_id,
        rollouts.url
    from facts.progressive_rollouts as rollouts
    left join facts.analyses as analyses
        on
            rollouts.rollout_key = analyses.rollout_key
            and analyses.verdict in ('failed', 'error')
            and not analyses.is_dry_run
            and analyses.finished_at <= rollouts.abort_at
    where rollouts.abort_at is not null
    group by
        rollouts.rollout_key, rollouts.service, rollouts.environment, rollouts.is_production,
        rollouts.abort_at, rollouts.deployment_id, rollouts.url
),

irreversible as (
    select distinct deployment_id
    from facts.migrations
    where is_irreversible and deployment_id is not null
),

found as (
    select * from back
    union all
    select * from rebuilt
    union all
    select * from aborted
)

select
    found.rollback_id,
    found.service,
    found.environment,
    found.is_production,
    found.how,
    case when irreversible.deployment_id is not null then 'project' else found.mechanism end
        as mechanism,
    signals.signal_at,
    found.began_at,
    found.finished_at,
    cast(
        greatest(
            epoch(found.finished_at)
            - epoch(least(coalesce(signals.signal_at, found.began_at), found.finished_at)),
            0
        ) as bigint
    ) as took_seconds,
    found.mended_id,
    found.url
from found
left join signals on found.mended_id = signals.deployment_id
left join irreversible
    on found.mended_id = irreversible.deployment_id and found.how = 'rollback'
