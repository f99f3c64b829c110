-- One row per scope and period in which many deployments carry no change, or followed another of
-- the same service within ten minutes, as one batch does that goes out in parts.
-- A rollback and the first known deployment carry none by nature, and where no changes are known of
-- a service nothing can be said of it.
--
-- grain: scope, name, period, starts_on, kind
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   kind               zero-change deployments or split batches.
--   words              The same in words.

with known as (
    select distinct service
    from facts.changes
),

ordered as (
    select
        rollouts.*,
        row_number() over (
            partition by rollouts.service order by rollouts.finished_at, rollouts.rollout_id
        ) as place,
        lag(case when rollouts.change_count > 0 then rollouts.finished_at end) over (
            partition by rollouts.service order by rollouts.finished_at, rollouts.rollout_id
        ) as batch_before_at
    from facts.rollouts as rollouts
    inner join known on rollouts.service = known.service
),

daily as (
    select
        scopes.scope,
        scopes.name,
        ordered.finished_on as day,
        count(*) as deployment_count,
        count(*) filter (
            where ordered.change_count = 0 and not ordered.is_rollback and ordered.place > 1
        ) as empty_count,
        count(*) filter (
            where
            ordered.change_count > 0
            and epoch(ordered.finished_at) - epoch(ordered.batch_before_at) <= 600
        ) as split_count
    from ordered
    inner join facts.scopes as scopes
        on
            ordered.service = scopes.service
            and ordered.finished_on >= scopes.from_on
            and ordered.finished_on < scopes.until_on
    group by scopes.scope, scopes.name, ordered.finished_on
),

summed as (
    select
        daily.scope,
        daily.name,
        days.period,
        days.starts_on,
        cast(sum(daily.deployment_count) as bigint) as deployment_count,
        cast(sum(daily.empty_count) as bigint) as empty_count,
        cast(sum(daily.split_count) as bigint) as split_count
    from daily
    inner join facts.period_days as days on daily.day = days.day
    group by daily.scope, daily.name, days.period, days.starts_on
)

select
    scope,
    name,
    period,
    starts_on,
    'zero-change deployments' as kind,
    concat(empty_count, ' of ', deployment_count, ' deployments carried no change') as words
from summed
where empty_count * 3 > deployment_count
union all
select
    scope,
    name,
    period,
    starts_on,
    'split batches' as kind,
    concat(
        split_count, ' of ', deployment_count,
        ' deployments followed another within 10 minutes: one batch in parts?'
    ) as words
from summed
where split_count * 20 > deployment_count
