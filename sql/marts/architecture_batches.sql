-- One row per service: how many changes go out at once.
--
-- grain: service
--   service                 Service.
--   window_starts_on        First day that counts.
--   deployment_count        Counted production deployments.
--   change_count            Changes that they were the first to carry.
--   median_change_count     Median changes of a deployment that carries any.
--   p90_change_count        90th percentile of the same.
--   largest_change_count    Most of them.
--   single_rate             Share of deployments with changes that carry one, 0 to 1.
--   largest_deployment_id   Deployment that carried the most.

with counted as (
    select
        rollouts.service,
        rollouts.rollout_id,
        rollouts.change_count,
        rollouts.finished_at
    from facts.rollouts as rollouts
    cross join config.run as run
    cross join config.calendar as calendar
    cross join config.architecture as settings
    where
        rollouts.finished_on
        >= cast(run.as_of at time zone calendar.time_zone as date)
        - cast(settings.window_days as integer)
),

carrying as (
    select
        service,
        count(*) as carrying_count,
        median(change_count) as median_change_count,
        quantile_cont(change_count, 0.9) as p90_change_count,
        max(change_count) as largest_change_count,
        count(case when change_count = 1 then 1 end) as single_count
    from counted
    where change_count > 0
    group by service
),

totals as (
    select
        service,
        count(*) as deployment_count,
        cast(sum(change_count) as bigint) as change_count
    from counted
    group by service
),

largest as (
    select
        service,
        rollout_id
    from counted
    where change_count > 0
    qualify row_number() over (
        partition by service order by change_count desc, finished_at desc, rollout_id
    ) = 1
)

select
    services.service,
    cast(run.as_of at time zone calendar.time_zone as date)
    - cast(settings.window_days as integer) as window_starts_on,
    coalesce(totals.deployment_count, 0) as deployment_count,
    coalesce(totals.change_count, 0) as change_count,
    carrying.median_change_count,
    carrying.p90_change_count,
    carrying.largest_change_count,
    carrying.single_count / nullif(carrying.carrying_count, 0) as single_rate,
    largest.rollout_id as largest_deployment_id
from facts.services as services
cross join config.run as run
cross join config.calendar as calendar
cross join config.architecture as settings
left join totals on services.service = totals.service
left join carrying on services.service = carrying.service
left join largest on services.service = largest.service
