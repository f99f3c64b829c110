-- One row per incident that the rules put behind a number now and did not when the report of its
-- week told it, or the other way round. What people decide is not counted here.
--
-- grain: metric, scope, name, week_on, incident_id
--   metric             change_fail_rate, recovery_time or rework_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   week_on            Monday of the week.
--   incident_id        Incident.
--   is_linked_later    True where it stands behind it now, false where it did then.

with firsts as (
    select *
    from facts.delivered_rows
    where edition_on = week_on and is_first
),

sides as (
    select
        metric,
        scope,
        name,
        week_on,
        unnest(string_split(incidents, ';')) as incident_id,
        -1 as side
    from firsts
    where incidents <> ''
    union all
    select
        weeks.metric,
        weeks.scope,
        weeks.name,
        weeks.week_on,
        unnest(string_split(weeks.incidents, ';')) as incident_id,
        1 as side
    from marts.weekly_values as weeks
    inner join firsts
        on
            weeks.metric = firsts.metric
            and weeks.scope = firsts.scope
            and weeks.name = firsts.name
            and weeks.week_on = firsts.week_on
    where weeks.incidents <> ''
)

select
    metric,
    scope,
    name,
    week_on,
    incident_id,
    sum(side) > 0 as is_linked_later
from sides
group by metric, scope, name, week_on, incident_id
having sum(side) <> 0
