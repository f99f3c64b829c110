-- One row per scope and period: Four Keys' numbers and buckets, null where there is nothing.
--
-- grain: scope, name, starts_on
--   scope                  service, team or organisation.
--   name                   The service, the team, or the word organisation.
--   starts_on              First day of the period.
--   deployment_frequency   Median of deployment days a week.
--   deployment_frequency_n  Deployments.
--   deployment_frequency_bucket  daily, weekly, monthly or yearly.
--   change_lead_time       Median of minutes.
--   change_lead_time_n     Commits.
--   change_lead_time_bucket  By 24, 168, 730 and 4380 hours.
--   change_fail_rate       Incidents that name a deployment over deployments; it can pass 1.
--   change_fail_rate_n     Deployments.
--   change_fail_rate_bucket  By 15 and 46 %.
--   recovery_time          Median of hours.
--   recovery_time_n        Incidents.

with deployments as (
    select
        deployments.scope,
        deployments.name,
        periods.starts_on,
        count(*) as deployment_count,
        sum(deployments.incident_count) / nullif(count(*), 0) as rate
    from four_keys.deployments as deployments
    inner join chosen.periods as periods
        on
            deployments.happened_on >= periods.starts_on
            and deployments.happened_on < periods.ends_on
    group by deployments.scope, deployments.name, periods.starts_on
)

select
    rhythm.scope,
    rhythm.name,
    rhythm.starts_on,
    rhythm.per_week as deployment_frequency,
    coalesce(deployments.deployment_count, 0) as deployment_frequency_n,
    case
        when rhythm.per_week >= 3 then 'daily'
        when rhythm.per_week >= 1 then 'weekly'
        when rhythm.day_count > 0 then 'monthly'
        else 'yearly'
    end as deployment_frequency_bucket,
    medians.lead_minutes as change_lead_time,
    coalesce(medians.commit_count, 0) as change_lead_time_n,
    case
        when medians.lead_minutes < 24 * 60 then 'below 24 h'
        when medians.lead_minutes < 168 * 60 then 'below 168 h'
        when medians.lead_minutes < 730 * 60 then 'below 730 h'
        when medians.lead_minutes < 4380 * 60 then 'below 4380 h'
        when medians.lead_minutes is not null then '4380 h and more'
    end as change_lead_time_bucket,
    deployments.rate as change_fail_rate,
    coalesce(deployments.deployment_count, 0) as change_fail_rate_n,
    case
        when deployments.rate <= 0.15 then 'up to 15 %'
        when deployments.rate < 0.46 then 'below 46 %'
        when deployments.rate is not null then '46 % and more'
    end as change_fail_rate_bucket,
    medians.restore_hours as recovery_time,
    coalesce(medians.incident_count, 0) as recovery_time_n
from four_keys.rhythm as rhythm
left join deployments
    on
        rhythm.scope = deployments.scope
        and rhythm.name = deployments.name
        and rhythm.starts_on = deployments.starts_on
left join four_keys.medians as medians
    on
        rhythm.scope = medians.scope
        and rhythm.name = medians.name
        and rhythm.starts_on = medians.starts_on
