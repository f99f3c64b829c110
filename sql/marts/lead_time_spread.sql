-- One row per scope, clock and step of lead time: how many changes of the last four whole weeks
-- took so long. Each step is twice the one before, so that bars of one width are true on a scale of
-- doublings; all under a quarter of an hour stand in the first, and all beyond in the last.
--
-- grain: scope, name, clock, step
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   clock              calendar or working.
--   step               0 is under a quarter of an hour, 1 up to half an hour, and so on.
--   from_hours         From here on; 0 in the first step.
--   to_hours           Up to here, left out; null in the last step.
--   change_count       Changes that took so long.
--   definition         Rules under which they were counted.

with weeks as (
    select
        scope,
        name,
        starts_on,
        ends_on,
        definition
    from marts.change_lead_time
    where period = 'four_weeks' and is_finished
    qualify row_number() over (partition by scope, name order by starts_on desc) = 1
),

delivered as (
    select
        weeks.scope,
        weeks.name,
        weeks.definition,
        owned.lead_seconds,
        owned.working_lead_seconds
    from weeks
    inner join facts.owned_changes as owned
        on
            weeks.scope = owned.scope
            and weeks.name = owned.name
            and owned.finished_on >= weeks.starts_on
            and owned.finished_on < weeks.ends_on
            and not owned.is_excluded
),

lengths as (
    select
        scope,
        name,
        definition,
        'calendar' as clock,
        lead_seconds as seconds
    from delivered
    union all
    select
        scope,
        name,
        definition,
        'working' as clock,
        working_lead_seconds as seconds
    from delivered
),

stepped as (
    select
        *,
        case
            when seconds < 900 then 0
            when seconds < 1800 then 1
            when seconds < 3600 then 2
            when seconds < 7200 then 3
            when seconds < 14400 then 4
            when seconds < 28800 then 5
            when seconds < 57600 then 6
            when seconds < 115200 then 7
            when seconds < 230400 then 8
            when seconds < 460800 then 9
            when seconds < 921600 then 10
            when seconds < 1843200 then 11
            when seconds < 3686400 then 12
            when seconds < 7372800 then 13
            else 14
        end as step
    from lengths
)

select
    scope,
    name,
    clock,
    cast(step as bigint) as step,
    case when step = 0 then 0 else power(2, step) / 8.0 end as from_hours,
    case when step < 14 then power(2, step + 1) / 8.0 end as to_hours,
    count(*) as change_count,
    min(definition) as definition
from stepped
group by scope, name, clock, step
