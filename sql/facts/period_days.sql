-- One row per day and period that it belongs to.
-- Weeks start on Monday; four_weeks and twelve_weeks are rolling windows that end with a week.
--
-- grain: period, starts_on, day
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   day                A day of it that has begun.

with bounds as (
    select
        least(
            date_trunc('month', min(rollouts.finished_on)),
            date_trunc('week', min(rollouts.finished_on)) - interval 77 day
        ) as first_on,
        max(run.today) as last_on
    from facts.rollouts as rollouts
    cross join facts.today as run
),

days as (
    select cast(unnest(generate_series(first_on, last_on, interval 1 day)) as date) as day
    from bounds
    where first_on is not null
),

weeks as (
    select
        day,
        cast(date_trunc('week', day) as date) as week_on,
        cast(date_trunc('month', day) as date) as month_on
    from days
),

offsets as (
    select unnest(generate_series(0, 11)) as later
)

select
    'day' as period,
    day as starts_on,
    cast(day + interval 1 day as date) as ends_on,
    day
from weeks
union all
select
    'week' as period,
    week_on as starts_on,
    cast(week_on + interval 7 day as date) as ends_on,
    day
from weeks
union all
select
    'month' as period,
    month_on as starts_on,
    cast(month_on + interval 1 month as date) as ends_on,
    day
from weeks
union all
select
    case when widths.width = 4 then 'four_weeks' else 'twelve_weeks' end as period,
    cast(weeks.week_on + (1 + offsets.later - widths.width) * interval 7 day as date) as starts_on,
    cast(weeks.week_on + (1 + offsets.later) * interval 7 day as date) as ends_on,
    weeks.day
from weeks
cross join offsets
cross join (values (4), (12)) as widths (width)
cross join bounds
where
    offsets.later < widths.width
    and weeks.week_on + offsets.later * interval 7 day <= bounds.last_on
