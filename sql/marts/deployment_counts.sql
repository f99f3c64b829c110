-- One row per scope and period: how many production deployments, and how many of them failed or
-- mended. Dense by week and longer, sparse by day.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   day_count          Days of it that have begun.
--   deployment_count   Counted production deployments.
--   deploy_day_count   Days with at least one.
--   failed_count       Of them, how many needed intervention.
--   rework_count       Of them, how many mended a failure.

with daily as (
    select
        scopes.scope,
        scopes.name,
        rollouts.finished_on as day,
        count(*) as deployment_count,
        count(*) filter (where rollouts.is_failed) as failed_count,
        count(*) filter (where rollouts.is_rework) as rework_count
    from facts.rollouts as rollouts
    inner join facts.scopes as scopes
        on
            rollouts.service = scopes.service
            and rollouts.finished_on >= scopes.from_on
            and rollouts.finished_on < scopes.until_on
    group by scopes.scope, scopes.name, rollouts.finished_on
),

summed as (
    select
        daily.scope,
        daily.name,
        days.period,
        days.starts_on,
        sum(daily.deployment_count) as deployment_count,
        count(*) as deploy_day_count,
        sum(daily.failed_count) as failed_count,
        sum(daily.rework_count) as rework_count
    from daily
    inner join facts.period_days as days on daily.day = days.day
    group by daily.scope, daily.name, days.period, days.starts_on
)

select
    periods.scope,
    periods.name,
    periods.period,
    periods.starts_on,
    periods.ends_on,
    periods.is_finished,
    periods.is_settled,
    periods.day_count,
    cast(coalesce(summed.deployment_count, 0) as bigint) as deployment_count,
    cast(coalesce(summed.deploy_day_count, 0) as bigint) as deploy_day_count,
    cast(coalesce(summed.failed_count, 0) as bigint) as failed_count,
    cast(coalesce(summed.rework_count, 0) as bigint) as rework_count
from facts.scope_periods as periods
left join summed
    on
        periods.scope = summed.scope
        and periods.name = summed.name
        and periods.period = summed.period
        and periods.starts_on = summed.starts_on
where periods.period <> 'day' or summed.deployment_count is not null
