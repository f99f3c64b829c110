-- One row per service and day of the last 365 whole ones since its first deployment: was it a day
-- to work on, what was deployed, and what waited.
-- A service works on the days of the configured working week but the public holidays of its
-- country and declared freezes. What was merged and deployed on one day did not wait.
--
-- grain: service, day
--   service            Service.
--   day                Day in the calendar's zone.
--   week_on            Monday of its week.
--   weekday            1 is Monday.
--   is_working         True where people work on it.
--   deployment_count   Counted production deployments.
--   failed_count       Of them, how many needed intervention.
--   waiting_before     Changes that were merged before the day and not deployed by its beginning.
--   waiting_after      Changes that were merged and not deployed by its end.

with begun as (
    select
        service,
        min(finished_on) as first_on
    from facts.rollouts
    group by service
),

spans as (
    select
        services.service,
        coalesce(configured.country, calendar.country) as country,
        calendar.working_week,
        greatest(begun.first_on, run.today - 365) as first_on,
        least(run.today, coalesce(services.retired_on, date '9999-12-31')) as until_on
    from facts.services as services
    inner join begun on services.service = begun.service
    left join config.services as configured on services.service = configured.service
    cross join config.calendar as calendar
    cross join facts.today as run
),

frozen as (
    select distinct
        spans.service,
        days.day
    from spans
    inner join facts.freezes as freezes
        on coalesce(freezes.service, spans.service) = spans.service
    inner join config.working_days as days on days.day between freezes.from_on and freezes.to_on
),

deployed as (
    select
        service,
        finished_on as day,
        count(*) as deployment_count,
        count(*) filter (where is_failed) as failed_count
    from facts.rollouts
    group by service, finished_on
),

-- What happened before the first day stands on the day before it.
moved as (
    select
        turns.service,
        greatest(turns.day, spans.first_on - 1) as day,
        sum(turns.waiting_change) as change
    from marts.waiting_turns as turns
    inner join spans on turns.service = spans.service
    group by all
),

days as (
    select
        spans.*,
        days.day
    from spans
    inner join config.working_days as days
        on days.day >= spans.first_on - 1 and days.day < spans.until_on
),

followed as (
    select
        days.*,
        coalesce(moved.change, 0) as change,
        sum(coalesce(moved.change, 0)) over (
            partition by days.service order by days.day
        ) as waiting_after
    from days
    left join moved on days.service = moved.service and days.day = moved.day
)

select
    followed.service,
    followed.day,
    cast(date_trunc('week', followed.day) as date) as week_on,
    1 + (followed.day - cast(date_trunc('week', followed.day) as date)) as weekday,
    contains(
        concat(' ', followed.working_week, ' '),
        concat(' ', followed.day - cast(date_trunc('week', followed.day) as date), ' ')
    )
    and holidays.day is null
    and frozen.day is null as is_working,
    coalesce(deployed.deployment_count, 0) as deployment_count,
    coalesce(deployed.failed_count, 0) as failed_count,
    cast(followed.waiting_after - followed.change as bigint) as waiting_before,
    cast(followed.waiting_after as bigint) as waiting_after
from followed
left join deployed on followed.service = deployed.service and followed.day = deployed.day
left join config.holidays as holidays
    on followed.country = holidays.country and followed.day = holidays.day
left join frozen on followed.service = frozen.service and followed.day = frozen.day
where followed.day >= followed.first_on
