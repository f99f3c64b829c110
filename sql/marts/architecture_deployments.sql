-- One row per counted production deployment of the last 84 days and four words for it: yes, no or
-- unknown. Safe: rolled out in steps, or judged by an analysis. Reversible: it brought nothing that
-- can not be taken back, and the artifact before it is known. Observed: an analysis judged it, or a
-- machine noticed a failure of the service within the last year. Decoupled: what it brought stands
-- behind a flag whose key came with it.
--
-- grain: rollout_id
--   service            Service.
--   rollout_id         Its first deployment.
--   finished_at        Its end, UTC.
--   is_failed          True when it needed intervention.
--   safe               yes, no or unknown.
--   reversible         yes, no or unknown.
--   observed           yes, no or unknown.
--   decoupled          yes, no or unknown.
--   url                Page at the source.

with recent as (
    select rollouts.*
    from facts.rollouts as rollouts
    cross join config.run as run
    where rollouts.finished_at > run.as_of - interval 84 day
),

members as (
    select
        recent.rollout_id,
        deployments.deployment_id
    from recent
    inner join facts.deployments as deployments on recent.rollout_id = deployments.rollout_id
),

steps as (
    select
        members.rollout_id,
        max(case when canaries.level >= 1 then 1 else 0 end) as is_staged,
        max(case when canaries.level >= 2 then 1 else 0 end) as is_judged
    from members
    inner join facts.canaries as canaries on members.deployment_id = canaries.deployment_id
    group by members.rollout_id
),

brought as (
    select
        members.rollout_id,
        bool_or(migrations.is_irreversible) as has_irreversible,
        bool_or(migrations.is_irreversible is null) as has_unread
    from members
    inner join facts.migrations as migrations on members.deployment_id = migrations.deployment_id
    group by members.rollout_id
),

touched as (
    select
        members.rollout_id,
        bool_and(paths.has_migration is not null) as is_read
    from members
    left join facts.deployment_paths as paths on members.deployment_id = paths.deployment_id
    group by members.rollout_id
),

digests as (
    select
        service,
        deployment_id,
        lag(artifact_digest) over (partition by service order by finished_at, deployment_id)
            as digest_before
    from facts.deployment_records
    where is_production and status = 'success'
),

machines as (
    select distinct service
    from marts.architecture_recoveries
    where is_machine_first
),

searched as (
    select distinct repository
    from facts.flag_references
),

flags as (
    select distinct members.rollout_id
    from members
    inner join facts.deployment_changes as carried
        on members.deployment_id = carried.deployment_id
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    inner join facts.flag_references as places
        on
            changes.repository = places.repository
            and changes.merge_sha = places.added_sha
)

select
    recent.service,
    recent.rollout_id,
    recent.finished_at,
    recent.is_failed,
    case
        when steps.is_staged = 1 or steps.is_judged = 1 then 'yes'
        when steps.rollout_id is not null then 'no'
        else 'unknown'
    end as safe,
    case
        when brought.has_irreversible then 'no'
        when not coalesce(touched.is_read, false) or brought.has_unread then 'unknown'
        when digests.digest_before is not null then 'yes'
        else 'unknown'
    end as reversible,
    case
        when steps.is_judged = 1 or machines.service is not null then 'yes'
        when steps.rollout_id is not null then 'no'
        else 'unknown'
    end as observed,
    case
        when flags.rollout_id is not null then 'yes'
        when searched.repository is not null then 'no'
        else 'unknown'
    end as decoupled,
    recent.url
from recent
left join steps on recent.rollout_id = steps.rollout_id
left join brought on recent.rollout_id = brought.rollout_id
left join touched on recent.rollout_id = touched.rollout_id
left join digests on recent.rollout_id = digests.deployment_id
left join machines on recent.service = machines.service
left join flags on recent.rollout_id = flags.rollout_id
left join facts.services as services on recent.service = services.service
left join searched on services.repository = searched.repository
