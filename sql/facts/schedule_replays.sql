-- One row per service, schedule and change merged in the window: when it would have gone out.
-- Bots' changes are left out. A merge at 16:00 sharp goes out at once; where such a day is off, it
-- waits for the next one that is not. The actual schedule has what is deployed, and its lead time.
--
-- grain: service, schedule, change_id
--   service            Service.
--   schedule           actual, on_merge, daily or tuesday_thursday.
--   change_id          Change.
--   batch              Deployment, or the second at which it begins; what goes out together.
--   lead_seconds       First commit to the end of the deployment, the service's own median time of
--                      one added where it is not actual.

with merged as (
    select
        changes.service,
        changes.change_id,
        changes.first_commit_at,
        changes.merged_at
    from facts.changes as changes
    cross join config.run as run
    cross join config.architecture as settings
    where
        not coalesce(changes.is_bot, false)
        and changes.first_commit_at <= changes.merged_at
        and changes.merged_at >= run.as_of - settings.window_days * interval 24 hour
),

durations as (
    select
        service,
        median(epoch(finished_at) - epoch(started_at)) as seconds
    from facts.deployments
    where is_production and status = 'success' and started_at <= finished_at
    group by service
),

slots as (
    select
        schedules.schedule,
        cast(cast(days.day as timestamp) + interval 16 hour as timestamp)
        at time zone calendar.time_zone as slot_at
    from config.working_days as days
    cross join config.calendar as calendar
    cross join config.run as run
    cross join config.architecture as settings
    cross join (values ('daily'), ('tuesday_thursday')) as schedules (schedule)
    where
        days.from_s < days.until_s
        and days.day >= cast(run.as_of as date) - cast(settings.window_days as integer) - 2
        and (
            schedules.schedule = 'daily'
            or (days.day - cast(date_trunc('week', days.day) as date)) in (1, 3)
        )
),

moments as (
    select
        slots.schedule,
        slots.slot_at as happened_at,
        1 as turn,
        slots.slot_at,
        cast(null as text) as service,
        cast(null as text) as change_id
    from slots
    union all
    select
        schedules.schedule,
        merged.merged_at as happened_at,
        0 as turn,
        cast(null as timestamptz) as slot_at,
        merged.service,
        merged.change_id
    from merged
    cross join (values ('daily'), ('tuesday_thursday')) as schedules (schedule)
),

next_slots as (
    select
        schedule,
        service,
        change_id,
        first_value(slot_at ignore nulls) over (
            partition by schedule
            order by happened_at, turn, service, change_id
            rows between current row and unbounded following
        ) as slot_at
    from moments
),

replayed as (
    select
        merged.service,
        next_slots.schedule,
        merged.change_id,
        merged.first_commit_at,
        next_slots.slot_at as left_at
    from merged
    inner join next_slots
        on merged.service = next_slots.service and merged.change_id = next_slots.change_id
    where next_slots.slot_at is not null
    union all
    select
        service,
        'on_merge' as schedule,
        change_id,
        first_commit_at,
        merged_at as left_at
    from merged
)

select
    replayed.service,
    replayed.schedule,
    replayed.change_id,
    cast(epoch(replayed.left_at) as text) as batch,
    epoch(replayed.left_at) - epoch(replayed.first_commit_at)
    + coalesce(durations.seconds, 0) as lead_seconds
from replayed
left join durations on replayed.service = durations.service
union all
select
    merged.service,
    'actual' as schedule,
    merged.change_id,
    carried.deployment_id as batch,
    epoch(carried.finished_at) - epoch(merged.first_commit_at) as lead_seconds
from merged
inner join facts.deployment_changes as carried
    on merged.service = carried.service and merged.change_id = carried.change_id
where not carried.is_excluded
