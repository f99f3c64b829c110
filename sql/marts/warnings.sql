-- One row per number and reason to read it with care, in words to stand beside it.
--
-- grain: metric, scope, name, period, starts_on, kind
--   metric             One of the five metrics.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   kind               unlike services, new service, new source, changed definition, zero-change
--                      deployments, split batches, unlinked later, severity lowered later or
--                      overruled later.
--   words              What to know when reading the number.

with counted as (
    select
        'deployment_frequency' as metric,
        *
    from marts.deployment_warnings
    union all
    select
        'change_fail_rate' as metric,
        *
    from marts.deployment_warnings
    union all
    select
        'rework_rate' as metric,
        *
    from marts.deployment_warnings
)

select
    definitions.metric,
    unlike.scope,
    unlike.name,
    unlike.period,
    unlike.starts_on,
    'unlike services' as kind,
    unlike.words
from marts.unlike_services as unlike
inner join facts.scope_definitions as definitions
    on unlike.scope = definitions.scope and unlike.name = definitions.name
union all
select
    metric,
    scope,
    name,
    period,
    starts_on,
    kind,
    words
from counted
union all
select
    metric,
    scope,
    name,
    period,
    starts_on,
    kind,
    words
from marts.coverage_changes
union all
select
    metric,
    scope,
    name,
    period,
    starts_on,
    kind,
    words
from marts.later_decisions
