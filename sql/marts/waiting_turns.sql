-- One row per service and day on which more or fewer merged changes waited at its end than at its
-- beginning, bots' as configured; what was before history left out.
--
-- grain: service, day
--   service            Service.
--   day                Day in the calendar's zone.
--   waiting_change     Changes merged on it, less those deployed on it; one that was deployed
--                      before it was merged counts in neither.

with waits as (
    select
        changes.service,
        cast(changes.merged_at at time zone run.time_zone as date) as merged_on,
        carried.finished_on
    from facts.deployment_changes as carried
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    inner join facts.rules as rules on changes.service = rules.service
    cross join config.run as run
    where
        changes.merged_at is not null
        and not carried.is_before_history
        and (not coalesce(changes.is_bot, false) or rules.has_bots_changes)
    union all
    select
        waiting.service,
        cast(waiting.merged_at at time zone run.time_zone as date) as merged_on,
        cast(null as date) as finished_on
    from marts.waiting_changes as waiting
    cross join config.run as run
),

turns as (
    select
        service,
        merged_on as day,
        1 as waiting_change
    from waits
    union all
    select
        service,
        greatest(merged_on, finished_on) as day,
        -1 as waiting_change
    from waits
    where finished_on is not null
)

select
    service,
    day,
    cast(sum(waiting_change) as bigint) as waiting_change
from turns
group by service, day
having sum(waiting_change) <> 0
