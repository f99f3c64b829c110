-- One row per service and day with a counted production deployment of people's changes.
-- A deployment that carries nothing but bots' own changes says nothing about the service's rhythm.
--
-- grain: service, day
--   service            Service.
--   day                Day in the calendar's zone.
--   deployment_count   Deployments that ended on it.
--   last_at            End of the last of them, UTC.

with carried as (
    select
        deployments.rollout_id,
        bool_and(coalesce(changes.is_bot, false)) as is_of_bots
    from facts.deployment_changes as changes
    inner join facts.deployments as deployments
        on changes.deployment_id = deployments.deployment_id
    group by deployments.rollout_id
)

select
    rollouts.service,
    rollouts.finished_on as day,
    count(*) as deployment_count,
    max(rollouts.finished_at) as last_at
from facts.rollouts as rollouts
left join carried on rollouts.rollout_id = carried.rollout_id
where not coalesce(carried.is_of_bots, false)
group by rollouts.service, rollouts.finished_on
