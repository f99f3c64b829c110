-- Production deployments that needed intervention, with why, how sure, and what ended it, oldest
-- first: what stands behind recovery time. What is open is as long as it is by now.
--
-- arguments: who, since_day, until_day
--   who         A service, a team, or the word organisation.
--   since_day   First day, such as '2026-01-01'.
--   until_day   First day left out.

select
    rollouts.service,
    rollouts.rollout_id,
    rollouts.finished_at,
    rollouts.why,
    rollouts.confidence,
    rollouts.evidence,
    rollouts.recovered_at,
    rollouts.recovered_by,
    rollouts.recovery_id,
    greatest(
        epoch(coalesce(rollouts.recovered_at, run.as_of)) - epoch(rollouts.recovery_began_at), 0
    ) / 3600.0 as recovery_hours,
    rollouts.decided_by,
    rollouts.url
from facts.rollouts as rollouts
cross join config.run as run
inner join facts.scopes as scopes
    on
        rollouts.service = scopes.service
        and rollouts.finished_on >= scopes.from_on
        and rollouts.finished_on < scopes.until_on
where
    scopes.name = who
    and rollouts.is_failed
    and rollouts.finished_on >= cast(since_day as date)
    and rollouts.finished_on < cast(until_day as date)
order by rollouts.finished_at, rollouts.rollout_id
