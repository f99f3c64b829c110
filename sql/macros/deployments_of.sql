-- Counted production deployments, oldest first: what deployment frequency and both rates divide by.
--
-- arguments: who, since_day, until_day
--   who         A service, a team, or the word organisation.
--   since_day   First day, such as '2026-01-01'.
--   until_day   First day left out.

select rollouts.*
from facts.rollouts as rollouts
inner join facts.scopes as scopes
    on
        rollouts.service = scopes.service
        and rollouts.finished_on >= scopes.from_on
        and rollouts.finished_on < scopes.until_on
where
    scopes.name = who
    and rollouts.finished_on >= cast(since_day as date)
    and rollouts.finished_on < cast(until_day as date)
order by rollouts.finished_at, rollouts.rollout_id
