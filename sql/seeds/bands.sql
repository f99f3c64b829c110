-- One row per report year, metric and level: what DORA's report of that year says of the group of
-- answers that it calls by this name. They are clusters, not a ladder: in 2024 medium beats high on
-- change fail rate. Some have gaps between them, others overlap.
-- A month is 730 hours; frequency is in deployments a week: once a day is 7, a month 168 / 730.
--
-- grain: report_year, metric, level
--   report_year        Year of the report.
--   metric             deployment_frequency, change_lead_time, recovery_time or change_fail_rate.
--   place              1 is elite, 4 is low: the order in which the report names them.
--   level              elite, high, medium or low.
--   said               What the report says, such as day to week.
--   low                From here on, itself included: deployments a week, hours, or a share of one.
--   high               Up to here, itself left out but for shares; null without an end. Where it is
--                      the same as low the report gives one value, and the nearest one counts.
--   is_second_hand     True where the value was not read in the report itself.
--   source             Where it is from.

with reports as (
    select told.*
    from (
        values
        (2019, 'deployment_frequency', 'on demand', 'day-week', 'week-month', 'month-6 months'),
        (2019, 'change_lead_time', 'under 1 day', 'day-week', 'week-month', '1-6 months'),
        (2019, 'recovery_time', 'under 1 hour', 'under 1 day', 'under 1 day', 'week-month'),
        (2019, 'change_fail_rate', '0-15 %', '0-15 %', '0-15 %', '46-60 %'),
        (2021, 'deployment_frequency', 'on demand', 'week-month', 'month-6 months', 'rarer'),
        (2021, 'change_lead_time', 'under 1 hour', 'day-week', '1-6 months', 'over 6 months'),
        (2021, 'recovery_time', 'under 1 hour', 'under 1 day', 'day-week', 'over 6 months'),
        (2021, 'change_fail_rate', '0-15 %', '16-30 %', '16-30 %', '16-30 %'),
        (2023, 'deployment_frequency', 'on demand', 'day-week', 'week-month', 'week-month'),
        (2023, 'change_lead_time', 'under 1 day', 'day-week', 'week-month', 'week-month'),
        (2023, 'recovery_time', 'under 1 hour', 'under 1 day', 'day-week', '1-6 months'),
        (2023, 'change_fail_rate', '5 %', '10 %', '15 %', '64 %'),
        (2024, 'deployment_frequency', 'on demand', 'day-week', 'week-month', 'month-6 months'),
        (2024, 'change_lead_time', 'under 1 day', 'day-week', 'week-month', '1-6 months'),
        (2024, 'recovery_time', 'under 1 hour', 'under 1 day', 'under 1 day', 'week-month'),
        (2024, 'change_fail_rate', '5 %', '20 %', '10 %', '40 %')
    ) as told (report_year, metric, elite, high, medium, low)
),

spans as (
    select meant.*
    from (
        values
        ('per week', 'on demand', 7.0, null),
        ('per week', 'day-week', 1.0, 7.0),
        ('per week', 'week-month', 168.0 / 730, 1.0),
        ('per week', 'month-6 months', 168.0 / 4380, 168.0 / 730),
        ('per week', 'rarer', 0.0, 168.0 / 4380),
        ('hours', 'under 1 hour', 0.0, 1.0),
        ('hours', 'under 1 day', 0.0, 24.0),
        ('hours', 'day-week', 24.0, 168.0),
        ('hours', 'week-month', 168.0, 730.0),
        ('hours', '1-6 months', 730.0, 4380.0),
        ('hours', 'over 6 months', 4380.0, null),
        ('rate', '0-15 %', 0.0, 0.15),
        ('rate', '16-30 %', 0.16, 0.3),
        ('rate', '46-60 %', 0.46, 0.6),
        ('rate', '5 %', 0.05, 0.05),
        ('rate', '10 %', 0.1, 0.1),
        ('rate', '15 %', 0.15, 0.15),
        ('rate', '20 %', 0.2, 0.2),
        ('rate', '40 %', 0.4, 0.4),
        ('rate', '64 %', 0.64, 0.64)
    ) as meant (unit, said, low, high)
),

levels as (
    select
        reports.report_year,
        reports.metric,
        places.place,
        places.level,
        case places.place
            when 1 then reports.elite
            when 2 then reports.high
            when 3 then reports.medium
            else reports.low
        end as said
    from reports
    cross join (
        values (1, 'elite'), (2, 'high'), (3, 'medium'), (4, 'low')
    ) as places (place, level)
)

select
    levels.report_year,
    levels.metric,
    levels.place,
    levels.level,
    replace(levels.said, '-', ' to ') as said,
    cast(spans.low as double) as low,
    cast(spans.high as double) as high,
    levels.report_year = 2023 and levels.metric <> 'recovery_time' as is_second_hand,
    concat('Accelerate State of DevOps ', cast(levels.report_year as text), ', DORA') as source
from levels
inner join spans
    on
        levels.said = spans.said
        and case levels.metric
            when 'deployment_frequency' then 'per week'
            when 'change_fail_rate' then 'rate'
            else 'hours'
        end = spans.unit
