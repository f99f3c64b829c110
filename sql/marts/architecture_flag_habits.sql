-- One row per service and habit of its flags, in the window that architecture looks at.
--
-- grain: service, aspect, habit
--   service            Service.
--   aspect             As in seeds.architecture_habits.
--   habit              As in seeds.architecture_habits.
--   case_count         How often it was seen: exposures, or flags.

with exposures as (
    select exposures.*
    from facts.flag_exposures as exposures
    cross join config.run as run
    cross join config.architecture as settings
    where exposures.exposed_at >= run.as_of - settings.window_days * interval 24 hour
),

ending as (
    select
        queued.*,
        owner.service
    from marts.architecture_flags as queued
    cross join unnest(string_split(queued.services, ', ')) as owner (service)
    where owner.service <> ''
),

seen as (
    select
        service,
        'Turning a flag up' as aspect,
        case when is_decoupled then 'apart' else 'deployed' end as habit
    from exposures
    union all
    select
        service,
        'What a flag did' as aspect,
        case when is_failed then 'failed' else 'held' end as habit
    from exposures
    union all
    select
        service,
        'Off for one customer' as aspect,
        case when state = 'yes' and is_proven then 'proven' else state end as habit
    from marts.architecture_flag_switches
    union all
    select
        ending.service,
        habits.aspect,
        habits.habit
    from ending
    inner join seeds.architecture_habits as habits
        on
            habits.aspect = 'Flags that should end'
            and case habits.habit
                when 'overdue' then ending.is_overdue
                when 'no_owner' then ending.lacks_owner
                when 'past_lifetime' then ending.is_past_lifetime
                when 'stale_in_use' then ending.is_stale_in_use
                when 'archived_in_code' then ending.is_still_referenced
                when 'wrong_mechanism' then ending.is_wrong_mechanism
            end
)

select
    service,
    aspect,
    habit,
    count(*) as case_count
from seen
group by service, aspect, habit
