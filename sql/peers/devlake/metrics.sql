-- One row per scope and period: DevLake's numbers. Those of a trend are nought where there is
-- nothing, those of the window null.
--
-- grain: scope, name, starts_on
--   scope                  service, team or organisation: one project.
--   name                   The service, the team, or the word organisation.
--   starts_on              First day of the period.
--   deployment_frequency   Lower median of deployment days a week.
--   deployment_frequency_n  Deployments.
--   deployment_frequency_by_month  Lower median of deployment days a month.
--   deployment_frequency_by_month_n  Deployments.
--   change_lead_time       Lower median of minutes.
--   change_lead_time_n     Pull requests.
--   change_fail_rate       Share of deployments that an incident is blamed on.
--   change_fail_rate_n     Deployments.
--   recovery_time          Lower median of minutes.
--   recovery_time_n        Incidents.
--   time_to_restore        Lower median of minutes from opening to resolution.
--   time_to_restore_n      Incidents.

with deployments as (
    select
        deployments.scope,
        deployments.name,
        periods.starts_on,
        count(*) as deployment_count,
        count(*) filter (where deployments.is_failed) as failed_count
    from devlake.deployments as deployments
    inner join chosen.periods as periods
        on
            deployments.happened_on >= periods.starts_on
            and deployments.happened_on < periods.ends_on
    group by deployments.scope, deployments.name, periods.starts_on
),

medians as (
    select
        scope,
        name,
        starts_on,
        max(amount) filter (where metric = 'change_lead_time') as lead_time,
        max(amount_count) filter (where metric = 'change_lead_time') as lead_count,
        max(amount) filter (where metric = 'recovery_time') as recovery,
        max(amount_count) filter (where metric = 'recovery_time') as recovery_count,
        max(amount) filter (where metric = 'time_to_restore') as restore,
        max(amount_count) filter (where metric = 'time_to_restore') as restore_count
    from devlake.medians
    group by scope, name, starts_on
)

select
    rhythm.scope,
    rhythm.name,
    rhythm.starts_on,
    rhythm.per_week as deployment_frequency,
    coalesce(deployments.deployment_count, 0) as deployment_frequency_n,
    rhythm.per_month as deployment_frequency_by_month,
    coalesce(deployments.deployment_count, 0) as deployment_frequency_by_month_n,
    coalesce(medians.lead_time, span.nothing) as change_lead_time,
    coalesce(medians.lead_count, 0) as change_lead_time_n,
    coalesce(
        deployments.failed_count / nullif(deployments.deployment_count, 0), span.nothing
    ) as change_fail_rate,
    coalesce(deployments.deployment_count, 0) as change_fail_rate_n,
    coalesce(medians.recovery, span.nothing) as recovery_time,
    coalesce(medians.recovery_count, 0) as recovery_time_n,
    coalesce(medians.restore, span.nothing) as time_to_restore,
    coalesce(medians.restore_count, 0) as time_to_restore_n
from devlake.rhythm as rhythm
cross join chosen.span as span
left join deployments
    on
        rhythm.scope = deployments.scope
        and rhythm.name = deployments.name
        and rhythm.starts_on = deployments.starts_on
left join medians
    on
        rhythm.scope = medians.scope
        and rhythm.name = medians.name
        and rhythm.starts_on = medians.starts_on
