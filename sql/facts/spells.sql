-- One row per stretch of time that ends with something good, or has not ended yet.
-- recovery runs from a failed deployment's end, or from its incident's start where the rules say
-- so, to its recovery; wait runs from a change's merge to
-- the end of its first production deployment. What is still open is as long as it is by now.
--
-- grain: measure, service, spell_id
--   measure            recovery, recovery_by_rule (were it not for people) or wait.
--   spell_id           Rollout, or change.
--   service            Service.
--   began_on           Day on which it began, in the calendar's zone.
--   seconds            Its length, or its length so far.
--   is_over            False while it is open.

with spells as (
    select
        'recovery' as measure,
        rollout_id as spell_id,
        service,
        recovery_began_at as began_at,
        recovered_at as ended_at,
        finished_on as began_on
    from facts.rollouts
    where is_failed
    union all
    select
        'recovery_by_rule' as measure,
        rollouts.rollout_id as spell_id,
        rollouts.service,
        ends.recovery_began_at as began_at,
        ends.recovered_at as ended_at,
        rollouts.finished_on as began_on
    from facts.rollouts as rollouts
    inner join facts.rollout_ends as ends
        on rollouts.rollout_id = ends.rollout_id and ends.judged_by = 'rules'
    union all
    select
        'wait' as measure,
        changes.change_id as spell_id,
        changes.service,
        changes.merged_at as began_at,
        carried.finished_at as ended_at,
        cast(changes.merged_at at time zone calendar.time_zone as date) as began_on
    from facts.changes as changes
    left join facts.deployment_changes as carried
        on changes.service = carried.service and changes.change_id = carried.change_id
    left join facts.pending_changes as pending
        on changes.service = pending.service and changes.change_id = pending.change_id
    inner join facts.rules as rules on changes.service = rules.service
    cross join config.calendar as calendar
    where
        changes.merged_at is not null
        and pending.change_id is null
        and not coalesce(carried.is_before_history, false)
        and (not coalesce(changes.is_bot, false) or rules.has_bots_changes)
)

select
    spells.measure,
    spells.spell_id,
    spells.service,
    spells.began_on,
    greatest(
        cast(epoch(coalesce(spells.ended_at, run.as_of)) - epoch(spells.began_at) as bigint), 0
    ) as seconds,
    spells.ended_at is not null as is_over
from spells
cross join config.run as run
