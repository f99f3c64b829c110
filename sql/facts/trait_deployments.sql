-- One row per counted production deployment and trait that is known of it, as strata need them:
-- within one service and quarter, split at the service's own median where the trait is a number.
-- Without a change a deployment has no batch and no age.
--
-- grain: trait, rollout_id
--   trait              large batch, old changes, schema migration, topology change, pipeline change
--                      or staged rollout.
--   rollout_id         Deployment.
--   service            Service.
--   quarter_on         First day of its quarter.
--   has_trait          True where it has the trait.
--   is_failed          True when it needed intervention.
--   change_count       Changes that it was the first to carry.

with ages as (
    select
        deployments.rollout_id,
        quantile_cont(carried.lead_seconds, 0.5) as age_seconds
    from facts.deployment_changes as carried
    inner join facts.deployments as deployments
        on carried.deployment_id = deployments.deployment_id
    where not carried.is_before_history and carried.lead_seconds is not null
    group by deployments.rollout_id
),

sized as (
    select
        rollouts.rollout_id,
        rollouts.service,
        cast(date_trunc('quarter', rollouts.finished_on) as date) as quarter_on,
        rollouts.is_failed,
        rollouts.change_count,
        ages.age_seconds,
        quantile_cont(case when rollouts.change_count > 0 then rollouts.change_count end, 0.5)
            over (partition by rollouts.service) as usual_count,
        quantile_cont(ages.age_seconds, 0.5) over (partition by rollouts.service)
            as usual_age_seconds
    from facts.rollouts as rollouts
    left join ages on rollouts.rollout_id = ages.rollout_id
),

touched as (
    select
        deployments.rollout_id,
        bool_or(paths.has_migration) as has_migration,
        bool_or(paths.has_topology_change) as has_topology_change,
        bool_or(paths.has_pipeline_change) as has_pipeline_change
    from facts.deployments as deployments
    inner join facts.deployment_paths as paths on deployments.deployment_id = paths.deployment_id
    where deployments.rollout_id is not null
    group by deployments.rollout_id
),

staged as (
    select
        deployments.rollout_id,
        bool_or(canaries.level >= 1) as is_staged
    from facts.canaries as canaries
    inner join facts.deployments as deployments
        on canaries.deployment_id = deployments.deployment_id
    where deployments.rollout_id is not null
    group by deployments.rollout_id
),

told as (
    select
        'large batch' as trait,
        sized.*,
        case when sized.change_count > 0 then sized.change_count > sized.usual_count end
            as has_trait
    from sized
    union all
    select
        'old changes' as trait,
        sized.*,
        sized.age_seconds > sized.usual_age_seconds as has_trait
    from sized
    union all
    select
        'schema migration' as trait,
        sized.*,
        touched.has_migration as has_trait
    from sized
    inner join touched on sized.rollout_id = touched.rollout_id
    union all
    select
        'topology change' as trait,
        sized.*,
        touched.has_topology_change as has_trait
    from sized
    inner join touched on sized.rollout_id = touched.rollout_id
    union all
    select
        'pipeline change' as trait,
        sized.*,
        touched.has_pipeline_change as has_trait
    from sized
    inner join touched on sized.rollout_id = touched.rollout_id
    union all
    select
        'staged rollout' as trait,
        sized.*,
        staged.is_staged as has_trait
    from sized
    inner join staged on sized.rollout_id = staged.rollout_id
)

select
    trait,
    rollout_id,
    service,
    quarter_on,
    has_trait,
    is_failed,
    change_count
from told
where has_trait is not null
