-- One row per scope, metric and report year: the level that DORA's report of that year gives to its
-- last twelve finished weeks. There is no overall level. A level is no goal and no rank: levels are
-- clusters of answers, so a value may lie between two of them, or in several.
--
-- grain: scope, name, metric, report_year
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   metric             deployment_frequency, change_lead_time, recovery_time or change_fail_rate.
--   report_year        2019, 2021, 2023 or 2024; from 2025 on there are no levels.
--   starts_on          First day of the twelve weeks.
--   ends_on            First day after them.
--   value              In its unit; null where there is none.
--   unit               per week, hours or rate.
--   n                  Deployments, changes or failed deployments behind it.
--   level              elite, high, medium or low, several with or between them; null without one.
--   said               What the report says of that level, such as day to week; empty without one.
--   reason             Why there is no level, in words; null where there is one.
--   is_second_hand     True where the level's bounds were not read in the report itself.
--   source             Report that they are from.
--   definition         Rules under which the value was counted.

with compared as (
    select
        found.*,
        bands.report_year,
        bands.place,
        bands.level,
        bands.said,
        bands.low,
        bands.high,
        bands.is_second_hand,
        bands.source,
        round(abs(found.value - bands.low), 9) as distance,
        min(round(abs(found.value - bands.low), 9)) over (
            partition by found.scope, found.name, found.metric, bands.report_year
        ) as least_distance
    from marts.band_values as found
    inner join seeds.bands as bands on found.metric = bands.metric
),

judged as (
    select
        *,
        reason is null
        and case
            when low = high then distance = least_distance
            when unit = 'rate' then round(value, 2) >= low and round(value, 2) <= high
            else value >= low and (high is null or value < high)
        end as is_its
    from compared
)

select
    scope,
    name,
    metric,
    report_year,
    starts_on,
    ends_on,
    value,
    unit,
    n,
    string_agg(case when is_its then level end, ' or ' order by place) as level,
    concat(
        min(case when is_its then said end),
        case
            when max(case when is_its then said end) <> min(case when is_its then said end)
                then concat(' or ', max(case when is_its then said end))
        end
    ) as said,
    case
        when reason is not null then reason
        when not bool_or(is_its) then 'between the levels of that year'
    end as reason,
    is_second_hand,
    source,
    definition
from judged
group by
    scope, name, metric, report_year, starts_on, ends_on, value, unit, n, reason, is_second_hand,
    source, definition
