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
--   value              In its unit; null where there is nothing to divide by.
--   unit               per week, hours or rate.
--   n                  Deployments, changes or failed deployments behind it.
--   low                Usual range (frequency), 95 % interval (rates) or band (recovery).
--   high               Upper end of the same.
--   p25                A quarter took less, hours.
--   p75                Three quarters took less, hours.
--   p90                Nine in ten took less, hours.
--   at_least           Recovery is longer than this, where its median is not reached, hours.
--   open_count         Failed deployments not recovered yet.
--   definition         Rules under which it was counted.

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
    cast(null as double) as p75,
    cast(null as double) as p90,
    cast(null as double) as at_least,
    cast(null as bigint) as open_count,
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
    median_hours as value,
    'hours' as unit,
    change_count as n,
    null as low,
    null as high,
    p25_hours as p25,
    p75_hours as p75,
    p90_hours as p90,
    null as at_least,
    null as open_count,
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
    null as p75,
    null as p90,
    null as at_least,
    null as open_count,
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
    null as p75,
    null as p90,
    at_least_hours as at_least,
    open_count,
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
    null as p75,
    null as p90,
    null as at_least,
    null as open_count,
    definition
from marts.rework_rate
