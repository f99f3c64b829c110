-- One row per scope and period: Datadog's numbers.
--
-- grain: scope, name, starts_on
--   scope                  service, team or organisation.
--   name                   The service, the team, or the word organisation.
--   starts_on              First day of the period.
--   deployment_frequency   Deployments over days, times seven.
--   deployment_frequency_n  Deployments.
--   change_lead_time       Median of seconds.
--   change_lead_time_n     Commits, once per deployment that brought them.
--   change_fail_rate       Share of deployments that were mended, rollbacks left out.
--   change_fail_rate_n     Deployments that are no rollback.
--   recovery_time          Median of seconds to the end of the remedy.
--   recovery_time_n        Failed deployments.

with spans as (
    select
        starts_on,
        count(*) as day_count
    from chosen.days
    group by starts_on
),

things as (
    select
        scope,
        name,
        happened_on,
        is_rollback,
        is_failed,
        case when is_failed then amount end as recovery_seconds,
        null as lead_seconds
    from datadog.deployments
    union all
    select
        scope,
        name,
        happened_on,
        null as is_rollback,
        null as is_failed,
        null as recovery_seconds,
        amount as lead_seconds
    from datadog.changes
),

counted as (
    select
        scopes.scope,
        scopes.name,
        periods.starts_on,
        count(things.is_rollback) as deployment_count,
        count(*) filter (where not things.is_rollback) as rated_count,
        count(*) filter (where things.is_failed) as failed_count,
        count(things.lead_seconds) as commit_count,
        quantile_cont(things.lead_seconds, 0.5) as lead_seconds,
        quantile_cont(things.recovery_seconds, 0.5) as recovery_seconds
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
    counted.lead_seconds as change_lead_time,
    counted.commit_count as change_lead_time_n,
    counted.failed_count / nullif(counted.rated_count, 0) as change_fail_rate,
    counted.rated_count as change_fail_rate_n,
    counted.recovery_seconds as recovery_time,
    counted.failed_count as recovery_time_n
from counted
inner join spans on counted.starts_on = spans.starts_on
