-- One row per metric, scope and period that looks better for what was decided after it was over:
-- incidents that stood behind a delivered number and do so no more, those that are called less bad
-- than then, and failures that people took away.
--
-- grain: metric, scope, name, period, starts_on, kind
--   metric             change_fail_rate, recovery_time or rework_rate.
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   kind               unlinked later, severity lowered later or overruled later.
--   words              The same in words.

with unlinked as (
    select
        relinked.metric,
        relinked.scope,
        relinked.name,
        days.period,
        days.starts_on,
        count(distinct relinked.incident_id) as incident_count,
        min(relinked.incident_id) as incident_id
    from marts.relinked_incidents as relinked
    inner join facts.period_days as days on relinked.week_on = days.day
    where not relinked.is_linked_later
    group by relinked.metric, relinked.scope, relinked.name, days.period, days.starts_on
),

lowered as (
    select
        lowered.metric,
        lowered.scope,
        lowered.name,
        days.period,
        days.starts_on,
        count(distinct lowered.incident_id) as incident_count,
        min_by(
            concat(
                lowered.incident_id, ' was ', lowered.then_severity, ' and is ',
                coalesce(lowered.now_severity, 'without a severity')
            ),
            concat(lowered.incident_id, ' ', cast(lowered.week_on as text))
        ) as said
    from marts.lowered_severities as lowered
    inner join facts.period_days as days on lowered.week_on = days.day
    group by lowered.metric, lowered.scope, lowered.name, days.period, days.starts_on
),

overruled as (
    select
        scopes.scope,
        scopes.name,
        days.period,
        days.starts_on,
        count(distinct overruled.deployment_id) as deployment_count,
        max(overruled.decided_on) as decided_on
    from facts.overruled as overruled
    inner join facts.deployments as deployments
        on overruled.deployment_id = deployments.deployment_id
    inner join facts.scopes as scopes
        on
            overruled.service = scopes.service
            and deployments.finished_on >= scopes.from_on
            and deployments.finished_on < scopes.until_on
    inner join facts.period_days as days
        on
            deployments.finished_on = days.day
            and overruled.decided_on >= days.ends_on
    where not overruled.is_more
    group by scopes.scope, scopes.name, days.period, days.starts_on
)

select
    metric,
    scope,
    name,
    period,
    starts_on,
    'unlinked later' as kind,
    concat(
        incident_id,
        case when incident_count > 1 then concat(' and ', incident_count - 1, ' more') else '' end,
        ' stood behind it when it was reported, and no more since'
    ) as words
from unlinked
union all
select
    metric,
    scope,
    name,
    period,
    starts_on,
    'severity lowered later' as kind,
    concat(
        said,
        case
            when incident_count > 1
                then concat(', and ', incident_count - 1, ' more were lowered,')
            else ''
        end,
        ' since it was reported'
    ) as words
from lowered
union all
select
    definitions.metric,
    overruled.scope,
    overruled.name,
    overruled.period,
    overruled.starts_on,
    'overruled later' as kind,
    concat(
        case
            when overruled.deployment_count = 1 then '1 failure was'
            else concat(overruled.deployment_count, ' failures were')
        end,
        ' taken away by a person after it was over, last on ',
        cast(overruled.decided_on as text)
    ) as words
from overruled
inner join facts.scope_definitions as definitions
    on
        overruled.scope = definitions.scope
        and overruled.name = definitions.name
        and definitions.metric in ('change_fail_rate', 'recovery_time', 'rework_rate')
