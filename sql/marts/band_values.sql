-- One row per scope and metric: its number over the last twelve finished weeks, for which DORA's
-- reports have levels and scores, or why it may have none.
-- A level is for one service whose data is whole: not for a team or the organisation, on plain git,
-- with too few, with a silent source, or with a history that begins inside the weeks.
--
-- grain: scope, name, metric
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   metric             One of the five metrics.
--   starts_on          First day of the twelve weeks.
--   ends_on            First day after them.
--   value              In its unit; null where there is none.
--   unit               per week, hours or rate.
--   n                  Deployments, changes or failed deployments behind it.
--   reason             Why there is no level, in words; null where there is one.
--   definition         Rules under which it was counted.

with weeks as (
    select
        *,
        cast(date_trunc('week', cast(as_of at time zone time_zone as date)) as date) as ends_on
    from config.run
),

measured as (
    select
        metrics.metric,
        metrics.scope,
        metrics.name,
        metrics.value,
        metrics.n,
        metrics.n as counted
    from marts.metrics as metrics
    inner join weeks on metrics.ends_on = weeks.ends_on
    where
        metrics.scope = 'service'
        and metrics.period = 'twelve_weeks'
        and metrics.metric <> 'change_lead_time'
    union all
    select
        'change_lead_time' as metric,
        'service' as scope,
        service as name,
        value_hours as value,
        change_count as n,
        deployment_count as counted
    from marts.recent_lead_time
),

firsts as (
    select
        service,
        min(finished_on) as first_on
    from facts.rollouts
    group by service
),

silences as (
    select
        service,
        min(said) as said
    from marts.silent_services
    group by service
),

scoped as (
    select
        definitions.metric,
        definitions.scope,
        definitions.name,
        definitions.definition,
        case definitions.metric
            when 'recovery_time' then least(rules.minimum_count, 5)
            else rules.minimum_count
        end as needed_count,
        case definitions.metric
            when 'recovery_time' then ' failed deployments'
            when 'change_lead_time' then ' deployments with changes'
            else ' deployments'
        end as noun
    from facts.scope_definitions as definitions
    inner join facts.scope_rules as rules
        on definitions.scope = rules.scope and definitions.name = rules.name
)

select
    scoped.scope,
    scoped.name,
    scoped.metric,
    cast(weeks.ends_on - interval 84 day as date) as starts_on,
    weeks.ends_on,
    measured.value,
    case scoped.metric
        when 'deployment_frequency' then 'per week'
        when 'change_lead_time' then 'hours'
        when 'recovery_time' then 'hours'
        else 'rate'
    end as unit,
    coalesce(measured.n, 0) as n,
    case
        when scoped.scope <> 'service' then 'a level is for one service at a time'
        when weeks.is_git_only then 'plain git knows neither deployments nor incidents'
        when silences.said is not null then silences.said
        when firsts.first_on is null then 'no deployment is known'
        when firsts.first_on >= weeks.ends_on - interval 77 day
            then concat('known since ', cast(firsts.first_on as text), ', inside the twelve weeks')
        when coalesce(measured.counted, 0) < scoped.needed_count
            then concat(
                'too few to tell: ', cast(coalesce(measured.counted, 0) as text),
                case
                    when measured.counted = 1 then replace(scoped.noun, 'deployments', 'deployment')
                    else scoped.noun
                end,
                ', ', cast(scoped.needed_count as text),
                case when scoped.needed_count = 1 then ' is needed' else ' are needed' end
            )
        when measured.value is null then 'half of its failures are not over yet'
    end as reason,
    scoped.definition
from scoped
cross join weeks
left join measured
    on
        scoped.metric = measured.metric
        and scoped.scope = measured.scope
        and scoped.name = measured.name
left join firsts on scoped.scope = 'service' and scoped.name = firsts.service
left join silences on scoped.scope = 'service' and scoped.name = silences.service
