-- One row per metric, scope and period inside which something began to be known, after its first
-- week, or the rules changed: the days before are not counted as those after it.
--
-- grain: metric, scope, name, period, starts_on, kind
--   metric             One of the five metrics.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   kind               new service, new source or changed definition.
--   words              The same in words.

with firsts as (
    select
        service,
        min(finished_on) as first_on
    from facts.rollouts
    group by service
),

-- A source of incidents or changes that began after the service did.
sources as (
    select
        firsts.service,
        rhythms.source,
        rhythms.thing,
        rhythms.first_on
    from marts.service_sources as stood_on
    inner join firsts on stood_on.service = firsts.service
    inner join marts.source_rhythms as rhythms
        on stood_on.source = rhythms.source and stood_on.thing = rhythms.thing
    where rhythms.thing in ('incidents', 'changes') and rhythms.first_on > firsts.first_on
),

found as (
    select
        service,
        'all' as thing,
        'new service' as kind,
        first_on as began_on,
        service as subject
    from firsts
    union all
    select
        service,
        thing,
        'new source' as kind,
        first_on as began_on,
        concat(source, ' tells of ', thing, ' since ', cast(first_on as text)) as subject
    from sources
    union all
    select
        rules.service,
        changed.metric as thing,
        'changed definition' as kind,
        cast(changed.since_at at time zone run.time_zone as date) as began_on,
        cast(cast(changed.since_at at time zone run.time_zone as date) as text) as subject
    from facts.definition_changes as changed
    inner join facts.rules as rules on changed.service = rules.rules_of
    cross join config.run as run
    where changed.replaced is not null
),

touched as (
    select
        definitions.metric,
        periods.scope,
        periods.name,
        periods.period,
        periods.starts_on,
        found.kind,
        count(distinct found.subject) as subject_count,
        min(found.subject) as subject,
        min(found.began_on) as began_on
    from found
    inner join facts.scopes as scopes on found.service = scopes.service
    inner join facts.scope_periods as periods
        on
            scopes.scope = periods.scope
            and scopes.name = periods.name
            and found.began_on > periods.starts_on
            and found.began_on < periods.ends_on
            and (
                found.kind = 'changed definition'
                or found.began_on >= periods.starts_on + interval 7 day
            )
            and scopes.from_on < periods.ends_on
            and scopes.until_on > periods.starts_on
    inner join facts.scope_definitions as definitions
        on
            periods.scope = definitions.scope
            and periods.name = definitions.name
            and (
                found.thing in ('all', definitions.metric)
                or (found.thing = 'changes' and definitions.metric = 'change_lead_time')
                or (
                    found.thing = 'incidents'
                    and definitions.metric in ('change_fail_rate', 'recovery_time', 'rework_rate')
                )
            )
    group by
        definitions.metric, periods.scope, periods.name, periods.period, periods.starts_on,
        found.kind
)

select
    metric,
    scope,
    name,
    period,
    starts_on,
    kind,
    concat(
        case
            when kind = 'new source' then subject
            when kind = 'changed definition' then concat('counted by other rules before ', subject)
            when scope = 'service' then concat('first known on ', cast(began_on as text))
            else concat(subject, ' is first known on ', cast(began_on as text))
        end,
        ', inside the window',
        case when subject_count > 1 then concat('; and ', subject_count - 1, ' more') else '' end
    ) as words
from touched
