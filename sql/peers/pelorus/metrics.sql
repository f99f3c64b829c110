-- One row per scope and period: Pelorus' numbers.
--
-- grain: scope, name, starts_on
--   scope                  service, team or organisation.
--   name                   The service, the team, or the word organisation.
--   starts_on              First day of the period.
--   deployment_frequency   Deployments over days, times seven.
--   deployment_frequency_n  Deployments.
--   change_lead_time       Average of the applications' averages, seconds.
--   change_lead_time_n     Commits.
--   change_fail_rate       Incidents over commits with a lead time; it can pass 1.
--   change_fail_rate_n     Commits.
--   recovery_time          Average of seconds.
--   recovery_time_n        Incidents.

with spans as (
    select
        starts_on,
        count(*) as day_count
    from chosen.days
    group by starts_on
),

things as (
    select
        'deployment' as kind,
        scope,
        name,
        happened_on,
        cast(null as double) as amount
    from pelorus.deployments
    union all
    select
        metric as kind,
        scope,
        name,
        happened_on,
        amount
    from pelorus.incidents
),

counted as (
    select
        scopes.scope,
        scopes.name,
        periods.starts_on,
        count(*) filter (where things.kind = 'deployment') as deployment_count,
        count(*) filter (where things.kind = 'change_fail_rate') as failure_count,
        count(*) filter (where things.kind = 'recovery_time') as recovery_count,
        sum(things.amount) as recovery_seconds
    from chosen.scopes as scopes
    cross join chosen.periods as periods
    left join things
        on
            scopes.scope = things.scope
            and scopes.name = things.name
            and periods.starts_on <= things.happened_on
            and periods.ends_on > things.happened_on
    group by scopes.scope, scopes.name, periods.starts_on
)

select
    counted.scope,
    counted.name,
    counted.starts_on,
    7.0 * counted.deployment_count / spans.day_count as deployment_frequency,
    counted.deployment_count as deployment_frequency_n,
    leads.lead_seconds as change_lead_time,
    coalesce(leads.commit_count, 0) as change_lead_time_n,
    counted.failure_count / nullif(leads.commit_count, 0) as change_fail_rate,
    coalesce(leads.commit_count, 0) as change_fail_rate_n,
    counted.recovery_seconds / nullif(counted.recovery_count, 0) as recovery_time,
    counted.recovery_count as recovery_time_n
from counted
inner join spans on counted.starts_on = spans.starts_on
left join pelorus.lead_times as leads
    on
        counted.scope = leads.scope
        and counted.name = leads.name
        and counted.starts_on = leads.starts_on
