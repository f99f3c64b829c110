-- One row per industry and metric: the mean score of those who answered DORA's quick check.
-- The quick check gives rates in tenths of a percent, 1.9 for 19 %; here they stand on its scale of
-- 0 to 10, where that is 8.1.
--
-- grain: edition, industry, metric
--   edition            Year of the quick check.
--   industry           all, technology, financial, retail, healthcare, government or manufacturing.
--   metric             One of the five metrics.
--   mean_score         0 to 10.
--   sd_score           Standard deviation between answers; null where only the mean is known.
--   source             Where it is from.

with told as (
    select means.*
    from (
        values
        ('all', 5.5, 4.8, 1.9, 7.4, 2.2),
        ('technology', 5.7, 4.9, 1.9, 7.4, 2.3),
        ('financial', 5.4, 5.1, 1.7, 7.7, 1.9),
        ('retail', 5.9, 5.3, 1.7, 7.8, 2.0),
        ('healthcare', 5.0, 4.3, 2.5, 7.1, 2.6),
        ('government', 4.8, 4.3, 2.1, 7.0, 2.4),
        ('manufacturing', 4.9, 3.7, 2.0, 6.5, 2.4)
    ) as means (industry, lead_time, frequency, raw_failures, recovery, raw_rework)
),

metrics as (
    select spread.*
    from (
        values
        ('deployment_frequency', 2.8),
        ('change_lead_time', 2.4),
        ('change_fail_rate', 2.1),
        ('recovery_time', 2.1),
        ('rework_rate', 2.2)
    ) as spread (metric, sd_score)
)

select
    2025 as edition,
    told.industry,
    metrics.metric,
    round(cast(case metrics.metric
        when 'deployment_frequency' then told.frequency
        when 'change_lead_time' then told.lead_time
        when 'recovery_time' then told.recovery
        when 'change_fail_rate' then 10 - told.raw_failures
        else 10 - told.raw_rework
    end as double), 1) as mean_score,
    case when told.industry = 'all' then cast(metrics.sd_score as double) end as sd_score,
    'Quick check of dora.dev, edition 2025' as source
from told
cross join metrics
