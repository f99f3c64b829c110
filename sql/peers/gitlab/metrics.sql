-- One row per scope and period: GitLab's numbers. Incidents and deployments are counted, and have
-- nothing to do with each other.
--
-- grain: scope, name, starts_on
--   scope                  service, team or organisation: one project or group.
--   name                   The service, the team, or the word organisation.
--   starts_on              First day of the period.
--   deployment_frequency   Mean deployments a day.
--   deployment_frequency_n  Deployments.
--   change_lead_time       Median of seconds.
--   change_lead_time_n     Pull requests.
--   change_fail_rate       Incidents over deployments; it can pass 1.
--   change_fail_rate_n     Deployments.
--   recovery_time          Median of seconds.
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
    from gitlab.deployments
    union all
    select
        'change_lead_time' as kind,
        scope,
        name,
        happened_on,
        amount
    from gitlab.changes
    union all
    select
        metric as kind,
        scope,
        name,
        happened_on,
        amount
    from gitlab.incidents
),

counted as (
    select
        scopes.scope,
        scopes.name,
        periods.starts_on,
        count(*) filter (where things.kind = 'deployment') as deployment_count,
        count(*) filter (where things.kind = 'change_lead_time') as change_count,
        count(*) filter (where things.kind = 'change_fail_rate') as failure_count,
        count(*) filter (where things.kind = 'recovery_time') as recovery_count,
        quantile_cont(
            case when things.kind = 'change_lead_time' then things.amount end, 0.5
        ) as lead_seconds,
        quantile_cont(
            case when things.kind = 'recovery_time' then things.amount end, 0.5
        ) as recovery_seconds
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
    counted.deployment_count / spans.day_count as deployment_frequency,
    counted.deployment_count as deployment_frequency_n,
    counted.lead_seconds as change_lead_time,
    counted.change_count as change_lead_time_n,
    counted.failure_count / nullif(counted.deployment_count, 0) as change_fail_rate,
    counted.deployment_count as change_fail_rate_n,
    counted.recovery_seconds as recovery_time,
    counted.recovery_count as recovery_time_n
from counted
inner join spans on counted.starts_on = spans.starts_on
