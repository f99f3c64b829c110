-- One row per service that has deployed to production: how many deployments it can be taken back.
-- A step back is possible where the deployment has no irreversible migration and the digest of the
-- one before is known. It ends at the first irreversible migration; where a migration or a digest
-- can not be read it is at least that many, and so at the end of what is known.
--
-- grain: service
--   service             Service.
--   reversible_depth    Deployments back, of the last 365 days.
--   is_at_least         True where it may be more.
--   stopped_by          irreversible_migration, unread_migration, unknown_digest or end_of_history.
--   stopped_id          Deployment at which it ends; null at the end of what is known.

with states as (
    select
        deployments.rollout_id,
        bool_or(coalesce(migrations.is_irreversible, false)) as is_irreversible,
        bool_or(
            paths.has_migration is null
            or (migrations.path is not null and migrations.is_irreversible is null)
        ) as is_unread,
        max(deployments.artifact_digest) as artifact_digest
    from facts.deployments as deployments
    left join facts.deployment_paths as paths
        on deployments.deployment_id = paths.deployment_id
    left join facts.migrations as migrations
        on
            deployments.deployment_id = migrations.deployment_id
            and deployments.service = migrations.service
    where deployments.rollout_id is not null
    group by deployments.rollout_id
),

steps as (
    select
        rollouts.service,
        rollouts.rollout_id,
        row_number() over line as place,
        states.is_irreversible,
        states.is_unread,
        lead(states.artifact_digest) over line as before_digest,
        lead(rollouts.rollout_id) over line is null as is_last
    from facts.rollouts as rollouts
    inner join states on rollouts.rollout_id = states.rollout_id
    cross join config.run as run
    where rollouts.finished_at > run.as_of - interval 365 day
    window line as (
        partition by rollouts.service order by rollouts.finished_at desc, rollouts.rollout_id desc
    )
),

stops as (
    select
        service,
        rollout_id,
        place,
        case
            when is_irreversible then 'irreversible_migration'
            when is_last then 'end_of_history'
            when is_unread then 'unread_migration'
            when before_digest is null then 'unknown_digest'
        end as stopped_by
    from steps
)

select
    service,
    place - 1 as reversible_depth,
    stopped_by <> 'irreversible_migration' as is_at_least,
    stopped_by,
    case when stopped_by <> 'end_of_history' then rollout_id end as stopped_id
from stops
where stopped_by is not null
qualify row_number() over (partition by service order by place) = 1
