-- One row per metric and answer of DORA's quick check: answer i of 1 to 6 scores (i - 1) / 5 x 10.
-- Rates have no answers: a percentage p scores 10 - p / 10.
-- A month is 730 hours; frequency is in deployments a week, and on demand, the answer above hour to
-- day, is more often than hourly.
--
-- grain: edition, metric, answer
--   edition            Year of the quick check.
--   metric             deployment_frequency, change_lead_time or recovery_time.
--   answer             1 to 6, the slowest first.
--   said               The answer's words.
--   low                From here on, itself included: deployments a week, or hours.
--   high               Up to here, itself left out; null without an end.
--   score              0 to 10.

with durations as (
    select asked.*
    from (
        values
        (1, 'over 6 months', 4380.0, null),
        (2, '1 to 6 months', 730.0, 4380.0),
        (3, 'week to month', 168.0, 730.0),
        (4, 'day to week', 24.0, 168.0),
        (5, 'under a day', 1.0, 24.0),
        (6, 'under an hour', 0.0, 1.0)
    ) as asked (answer, said, low, high)
),

frequencies as (
    select asked.*
    from (
        values
        (1, 'rarer than 6 months', 0.0, 168.0 / 4380),
        (2, 'month to 6 months', 168.0 / 4380, 168.0 / 730),
        (3, 'week to month', 168.0 / 730, 1.0),
        (4, 'day to week', 1.0, 7.0),
        (5, 'hour to day', 7.0, 168.0),
        (6, 'on demand', 168.0, null)
    ) as asked (answer, said, low, high)
),

answers as (
    select
        'deployment_frequency' as metric,
        *
    from frequencies
    union all
    select
        'change_lead_time' as metric,
        *
    from durations
    union all
    select
        'recovery_time' as metric,
        *
    from durations
)

select
    2025 as edition,
    metric,
    answer,
    said,
    cast(low as double) as low,
    cast(high as double) as high,
    (answer - 1) / 5.0 * 10 as score
from answers
