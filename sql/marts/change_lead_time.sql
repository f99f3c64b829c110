-- One row per scope and period: how long changes took from first commit to the end of their
-- first production deployment, in the period in which that deployment ended.
-- Quantiles of one period can't be made from those of others.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month or four_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   change_count       Changes delivered that have a lead time.
--   excluded_count     Changes delivered whose clock runs backwards, or whose start is unknown.
--   p25_hours          A quarter took less.
--   median_hours       Half took less; null without changes.
--   p75_hours          Three quarters took less.
--   p90_hours          Nine in ten took less.
--   definition         Rules under which it was counted.

with delivered as (
    select
        carried.service,
        carried.finished_on,
        carried.is_excluded,
        carried.lead_seconds / 3600.0 as lead_hours
    from facts.deployment_changes as carried
    inner join facts.rules as rules on carried.service = rules.service
    where
        not carried.is_before_history
        and (not coalesce(carried.is_bot, false) or rules.has_bots_changes)
),

measured as (
    select
        scopes.scope,
        scopes.name,
        days.period,
        days.starts_on,
        count(delivered.lead_hours) as change_count,
        count(*) filter (where delivered.is_excluded) as excluded_count,
        quantile_cont(delivered.lead_hours, 0.25) as p25_hours,
        quantile_cont(delivered.lead_hours, 0.5) as median_hours,
        quantile_cont(delivered.lead_hours, 0.75) as p75_hours,
        quantile_cont(delivered.lead_hours, 0.9) as p90_hours
    from delivered
    inner join facts.scopes as scopes
        on
            delivered.service = scopes.service
            and delivered.finished_on >= scopes.from_on
            and delivered.finished_on < scopes.until_on
    inner join facts.period_days as days
        on delivered.finished_on = days.day and days.period <> 'twelve_weeks'
    group by scopes.scope, scopes.name, days.period, days.starts_on
)

select
    periods.scope,
    periods.name,
    periods.period,
    periods.starts_on,
    periods.ends_on,
    periods.is_finished,
    periods.is_settled,
    coalesce(measured.change_count, 0) as change_count,
    coalesce(measured.excluded_count, 0) as excluded_count,
    measured.p25_hours,
    measured.median_hours,
    measured.p75_hours,
    measured.p90_hours,
    definitions.definition
from facts.scope_periods as periods
left join measured
    on
        periods.scope = measured.scope
        and periods.name = measured.name
        and periods.period = measured.period
        and periods.starts_on = measured.starts_on
inner join facts.scope_definitions as definitions
    on
        definitions.metric = 'change_lead_time'
        and periods.scope = definitions.scope
        and periods.name = definitions.name
where periods.period not in ('day', 'twelve_weeks') or measured.scope is not null
