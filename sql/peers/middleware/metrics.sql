-- One row per scope and period: Middleware's numbers, nought where there is nothing but for the
-- time to recovery.
--
-- grain: scope, name, starts_on
--   scope                  service, team or organisation: one team.
--   name                   The service, the team, or the word organisation.
--   starts_on              First day of the period.
--   deployment_frequency   Successful deployments over the weeks that the period touches, floored.
--   deployment_frequency_n  Successful deployments.
--   deployment_frequency_by_day  The same over days.
--   deployment_frequency_by_day_n  Successful deployments.
--   deployment_frequency_by_month  The same over months.
--   deployment_frequency_by_month_n  Successful deployments.
--   change_lead_time       Mean of seconds.
--   change_lead_time_n     Pull requests.
--   change_fail_rate       Percent of deployments followed by an incident.
--   change_fail_rate_n     Deployments.
--   recovery_time          Mean of seconds; null without an incident that is over.
--   recovery_time_n        Incidents.

with spans as (
    select
        starts_on,
        count(*) as day_count,
        count(distinct week_on) as week_count,
        count(distinct month_on) as month_count
    from chosen.days
    group by starts_on
),

counted as (
    select
        scopes.scope,
        scopes.name,
        spans.starts_on,
        max(spans.day_count) as day_count,
        max(spans.week_count) as week_count,
        max(spans.month_count) as month_count,
        count(things.is_failed) as deployment_count,
        count(*) filter (where things.is_success) as success_count,
        count(*) filter (where things.is_failed) as failed_count,
        count(things.lead_seconds) as lead_count,
        sum(things.lead_seconds) as lead_seconds,
        count(things.recovery_seconds) as recovery_count,
        sum(things.recovery_seconds) as recovery_seconds
    from chosen.scopes as scopes
    cross join spans
    inner join chosen.periods as periods on spans.starts_on = periods.starts_on
    left join middleware.things as things
        on
            scopes.scope = things.scope
            and scopes.name = things.name
            and things.happened_on >= periods.starts_on
            and things.happened_on < periods.ends_on
    group by scopes.scope, scopes.name, spans.starts_on
)

select
    scope,
    name,
    starts_on,
    floor(success_count / nullif(week_count, 0)) as deployment_frequency,
    success_count as deployment_frequency_n,
    floor(success_count / nullif(day_count, 0)) as deployment_frequency_by_day,
    success_count as deployment_frequency_by_day_n,
    floor(success_count / nullif(month_count, 0)) as deployment_frequency_by_month,
    success_count as deployment_frequency_by_month_n,
    coalesce(lead_seconds / nullif(lead_count, 0), 0.0) as change_lead_time,
    lead_count as change_lead_time_n,
    coalesce(100.0 * failed_count / nullif(deployment_count, 0), 0.0) as change_fail_rate,
    deployment_count as change_fail_rate_n,
    recovery_seconds / nullif(recovery_count, 0) as recovery_time,
    recovery_count as recovery_time_n
from counted
