-- One row per metric, scope and period: the five metrics in one shape, as pages, report and
-- `drumbeat metrics` show them. Medians of one period can't be made from those of others.
--
-- grain: metric, scope, name, period, starts_on
--   metric             deployment_frequency, change_lead_time, change_fail_rate, recovery_time or
--                      rework_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks (but lead time).
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   value              In its unit; null where there is nothing to divide by. Of lead time and
--                      recovery a median.
--   unit               per week, hours or rate.
--   n                  Deployments, changes or failed deployments behind it.
--   low                Usual range (frequency), 95 % interval (lead time, rates), band (recovery).
--   high               Upper end of the same.
--   p25                A quarter took less, hours.
--   p50                Half took less, hours: also where the value is the mean.
--   p75                Three quarters took less, hours.
--   p90                Nine in ten took less, hours.
--   mean               Mean of lead times, hours: also where the value is the median.
--   at_least           Recovery is longer than this, where its median is not reached, hours.
--   open_count         Failed deployments not recovered yet.
--   is_too_few         True when n is too small to tell anything by: of lead time, the deployments
--                      that carried the changes are.
--   definition         Rules under which it was counted.

with every_metric as (
    select
        'deployment_frequency' as metric,
        scope,
        name,
        period,
        starts_on,
        ends_on,
        is_finished,
        is_settled,
        per_week as value,
        'per week' as unit,
        deployment_count as n,
        usual_low as low,
        usual_high as high,
        cast(null as double) as p25,
        cast(null as double) as p50,
        cast(null as double) as p75,
        cast(null as double) as p90,
        cast(null as double) as mean,
        cast(null as double) as at_least,
        cast(null as bigint) as open_count,
        false as is_too_few,
        definition
    from marts.deployment_frequency
    union all
    select
        'change_lead_time' as metric,
        scope,
        name,
        period,
        starts_on,
        ends_on,
        is_finished,
        is_settled,
        value_hours as value,
        'hours' as unit,
        change_count as n,
        low_hours as low,
        high_hours as high,
        case clock when 'working' then working_p25_hours else p25_hours end as p25,
        case clock when 'working' then working_median_hours else median_hours end as p50,
        case clock when 'working' then working_p75_hours else p75_hours end as p75,
        case clock when 'working' then working_p90_hours else p90_hours end as p90,
        case clock when 'working' then working_mean_hours else mean_hours end as mean,
        null as at_least,
        null as open_count,
        is_too_few,
        definition
    from marts.change_lead_time
    union all
    select
        'change_fail_rate' as metric,
        scope,
        name,
        period,
        starts_on,
        ends_on,
        is_finished,
        is_settled,
        change_fail_rate as value,
        'rate' as unit,
        deployment_count as n,
        low_rate as low,
        high_rate as high,
        null as p25,
        null as p50,
        null as p75,
        null as p90,
        null as mean,
        null as at_least,
        null as open_count,
        cast(null as boolean) as is_too_few,
        definition
    from marts.change_fail_rate
    union all
    select
        'recovery_time' as metric,
        scope,
        name,
        period,
        starts_on,
        ends_on,
        is_finished,
        is_settled,
        median_hours as value,
        'hours' as unit,
        failed_count as n,
        low_hours as low,
        high_hours as high,
        null as p25,
        null as p50,
        null as p75,
        null as p90,
        null as mean,
        at_least_hours as at_least,
        open_count,
        cast(null as boolean) as is_too_few,
        definition
    from marts.recovery_time
    union all
    select
        'rework_rate' as metric,
        scope,
        name,
        period,
        starts_on,
        ends_on,
        is_finished,
        is_settled,
        rework_rate as value,
        'rate' as unit,
        deployment_count as n,
        low_rate as low,
        high_rate as high,
        null as p25,
        null as p50,
        null as p75,
        null as p90,
        null as mean,
        null as at_least,
        null as open_count,
        cast(null as boolean) as is_too_few,
        definition
    from marts.rework_rate
)

select
    every_metric.metric,
    every_metric.scope,
    every_metric.name,
    every_metric.period,
    every_metric.starts_on,
    every_metric.ends_on,
    every_metric.is_finished,
    every_metric.is_settled,
    every_metric.value,
    every_metric.unit,
    every_metric.n,
    every_metric.low,
    every_metric.high,
    every_metric.p25,
    every_metric.p50,
    every_metric.p75,
    every_metric.p90,
    every_metric.mean,
    every_metric.at_least,
    every_metric.open_count,
    coalesce(
        every_metric.is_too_few,
        every_metric.n < case
            when every_metric.metric = 'recovery_time' then least(rules.minimum_count, 5)
            else rules.minimum_count
        end
    ) as is_too_few,
    every_metric.definition
from every_metric
inner join facts.scope_rules as rules
    on every_metric.scope = rules.scope and every_metric.name = rules.name
