-- One row per service and habit of how its failures of the last 365 days are seen and taken back,
-- and how it would be taken back now.
--
-- grain: service, aspect, habit
--   service            Service.
--   aspect             As in seeds.architecture_habits.
--   habit              As in seeds.architecture_habits.
--   case_count         How often it was seen: failures, or 1.

with failures as (
    select recoveries.*
    from marts.architecture_recoveries as recoveries
    cross join config.run as run
    where recoveries.failed_at >= run.as_of - interval 365 day
),

seen as (
    select
        service,
        'Failures first seen' as aspect,
        case
            when is_machine_first then 'machine'
            when not is_machine_first then 'person'
            else 'unknown'
        end as habit
    from failures
    union all
    select
        service,
        'Failures seen' as aspect,
        case when is_before_full_exposure then 'before' else 'after' end as habit
    from failures
    where is_before_full_exposure is not null
    union all
    select
        service,
        'Failures taken back by' as aspect,
        mechanism as habit
    from failures
    where mechanism <> 'unknown'
    union all
    select
        service,
        'Rolled back now' as aspect,
        mechanism as habit
    from marts.architecture_rollbacks
    union all
    select
        service,
        'No further back than' as aspect,
        stopped_by as habit
    from marts.architecture_rollbacks
    where stopped_by <> 'end_of_history'
    union all
    select
        service,
        'Old version stays up' as aspect,
        case when is_warm_enough then 'long_enough' else 'too_short' end as habit
    from marts.architecture_rollbacks
    where is_warm_enough is not null
    union all
    select
        service,
        'Rollbacks practised' as aspect,
        state as habit
    from marts.architecture_drills
    where state <> 'unknown'
)

select
    service,
    aspect,
    habit,
    count(*) as case_count
from seen
group by service, aspect, habit
