-- One row per scope and period: how long changes took to the end of their first production
-- deployment, in the period in which that deployment ended.
-- Quantiles of one period can't be made from those of others. The interval takes deployments, not
-- changes, for independent.
--
-- grain: scope, name, period, starts_on
--   scope                 service, team or organisation.
--   name                  The service, the team, or the word organisation.
--   period                day, week, month or four_weeks.
--   starts_on             First day of the period.
--   ends_on               First day after it.
--   is_finished           True once all its days are over.
--   is_settled            True once it is older than the attribution window.
--   change_count          Changes delivered that have a lead time.
--   excluded_count        Changes delivered whose clock runs backwards, or whose start is unknown.
--   deployment_count      Deployments that carried those that have one.
--   clock                 calendar or working: what value and interval are told in.
--   value_hours           Median or mean, on the calendar's or the working clock, as the rules say.
--   low_hours             Lower end of its 95 % interval; null with too few deployments.
--   high_hours            Upper end of it.
--   is_too_few            True with too few deployments to tell anything by.
--   p25_hours             A quarter took less.
--   median_hours          Half took less; null without changes.
--   p75_hours             Three quarters took less.
--   p90_hours             Nine in ten took less.
--   mean_hours            Their mean.
--   working_p25_hours     A quarter took less, in working hours.
--   working_median_hours  Half took less, in working hours.
--   working_p75_hours     Three quarters took less, in working hours.
--   working_p90_hours     Nine in ten took less, in working hours.
--   working_mean_hours    Their mean in working hours.
--   definition            Rules under which it was counted.

with measured as (
    select
        changes.scope,
        changes.name,
        days.period,
        days.starts_on,
        count(changes.lead_seconds) as change_count,
        count(*) filter (where changes.is_excluded) as excluded_count,
        sum(changes.lead_seconds) / 3600.0 / nullif(count(changes.lead_seconds), 0) as mean_hours,
        sum(changes.working_lead_seconds) / 3600.0 / nullif(count(changes.lead_seconds), 0)
            as working_mean_hours,
        -- All places of one sort; a quantile of its own would sort once more.
        quantile_cont(changes.lead_seconds / 3600.0, [0.25, 0.5, 0.75, 0.9]) as hours,
        quantile_cont(changes.working_lead_seconds / 3600.0, [0.25, 0.5, 0.75, 0.9])
            as working_hours
    from facts.owned_changes as changes
    inner join facts.period_days as days
        on changes.finished_on = days.day and days.period <> 'twelve_weeks'
    group by changes.scope, changes.name, days.period, days.starts_on
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
    coalesce(intervals.deployment_count, 0) as deployment_count,
    rules.clock,
    case
        when rules.clock = 'working' and rules.lead_time_value = 'mean'
            then measured.working_mean_hours
        when rules.clock = 'working' then measured.working_hours[2]
        when rules.lead_time_value = 'mean' then measured.mean_hours
        else measured.hours[2]
    end as value_hours,
    intervals.low_hours,
    intervals.high_hours,
    coalesce(intervals.deployment_count, 0) < rules.minimum_count as is_too_few,
    measured.hours[1] as p25_hours,
    measured.hours[2] as median_hours,
    measured.hours[3] as p75_hours,
    measured.hours[4] as p90_hours,
    measured.mean_hours,
    measured.working_hours[1] as working_p25_hours,
    measured.working_hours[2] as working_median_hours,
    measured.working_hours[3] as working_p75_hours,
    measured.working_hours[4] as working_p90_hours,
    measured.working_mean_hours,
    definitions.definition
from facts.scope_periods as periods
inner join facts.scope_rules as rules
    on periods.scope = rules.scope and periods.name = rules.name
left join measured
    on
        periods.scope = measured.scope
        and periods.name = measured.name
        and periods.period = measured.period
        and periods.starts_on = measured.starts_on
left join marts.lead_time_intervals as intervals
    on
        periods.scope = intervals.scope
        and periods.name = intervals.name
        and periods.period = intervals.period
        and periods.starts_on = intervals.starts_on
inner join facts.scope_definitions as definitions
    on
        definitions.metric = 'change_lead_time'
        and periods.scope = definitions.scope
        and periods.name = definitions.name
where periods.period not in ('day', 'twelve_weeks') or measured.scope is not null
