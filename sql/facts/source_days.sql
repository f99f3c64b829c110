-- One row per source, kind of thing and day on which it has something to tell: when a deployment or
-- an incident began, when a change was opened or merged, when a commit was made.
--
-- grain: source, thing, day
--   source             Name of the source in the configuration.
--   thing              deployments, incidents, changes or commits.
--   day                Day in the calendar's zone.
--   thing_count        How many there were.

with told as (
    select
        source,
        'deployments' as thing,
        born_at as told_at
    from facts.told_deployments
    union all
    select
        source,
        'incidents' as thing,
        started_at as told_at
    from facts.told_incidents
    union all
    select
        source,
        'changes' as thing,
        opened_at as told_at
    from facts.told_changes
    union all
    select
        source,
        'changes' as thing,
        merged_at as told_at
    from facts.told_changes
    union all
    select
        source,
        'commits' as thing,
        committed_at as told_at
    from staging.git__commits
    union all
    select
        source,
        'commits' as thing,
        committed_at as told_at
    from staging.files__commits
    union all
    select
        source,
        'deployments' as thing,
        tagged_at as told_at
    from staging.git__tags
)

select
    told.source,
    told.thing,
    cast(told.told_at at time zone calendar.time_zone as date) as day,
    count(*) as thing_count
from told
cross join config.calendar as calendar
cross join facts.cut as cut
where told.told_at <= cut.cut_at
group by
    told.source, told.thing, cast(told.told_at at time zone calendar.time_zone as date)
