-- One row per scope and period: how many production deployments, and how many of them failed or
-- mended. Dense by week and longer, sparse by day.
-- Deployments that never succeeded stand apart: they count in the change fail rate alone, where the
-- rules say so.
--
-- grain: scope, name, period, starts_on
--   scope                  service, team or organisation.
--   name                   The service, the team, or the word organisation.
--   period                 day, week, month, four_weeks or twelve_weeks.
--   starts_on              First day of the period.
--   ends_on                First day after it.
--   is_finished            True once all its days are over.
--   is_settled             True once it is older than the attribution window.
--   day_count              Days of it that have begun.
--   deployment_count       Counted production deployments.
--   deploy_day_count       Days with at least one.
--   failed_count           Of them, how many needed intervention.
--   failed_by_rule_count   The same, were it not for people who overruled.
--   rework_count           Of them, how many mended a failure.
--   rework_by_rule_count   The same, were it not for people who overruled.
--   failed_pipeline_count  Deployments that never succeeded, where these count.

with days as (
    select
        service,
        finished_on as day,
        count(*) as deployment_count,
        count(*) filter (where is_failed) as failed_count,
        count(*) filter (where is_failed_by_rule) as failed_by_rule_count,
        count(*) filter (where is_rework) as rework_count,
        count(*) filter (where is_rework_by_rule) as rework_by_rule_count,
        0 as failed_pipeline_count
    from facts.rollouts
    group by service, finished_on
    union all
    select
        deployments.service,
        deployments.finished_on as day,
        0 as deployment_count,
        0 as failed_count,
        0 as failed_by_rule_count,
        0 as rework_count,
        0 as rework_by_rule_count,
        count(*) as failed_pipeline_count
    from facts.deployments as deployments
    inner join facts.rules as rules on deployments.service = rules.service
    where
        rules.has_failed_pipelines
        and deployments.is_production
        and deployments.status = 'failure'
    group by deployments.service, deployments.finished_on
),

daily as (
    select
        scopes.scope,
        scopes.name,
        days.day,
        sum(days.deployment_count) as deployment_count,
        sum(days.failed_count) as failed_count,
        sum(days.failed_by_rule_count) as failed_by_rule_count,
        sum(days.rework_count) as rework_count,
        sum(days.rework_by_rule_count) as rework_by_rule_count,
        sum(days.failed_pipeline_count) as failed_pipeline_count
    from days
    inner join facts.scopes as scopes
        on
            days.service = scopes.service
            and days.day >= scopes.from_on
            and days.day < scopes.until_on
    group by scopes.scope, scopes.name, days.day
),

summed as (
    select
        daily.scope,
        daily.name,
        days.period,
        days.starts_on,
        sum(daily.deployment_count) as deployment_count,
        count(*) filter (where daily.deployment_count > 0) as deploy_day_count,
        sum(daily.failed_count) as failed_count,
        sum(daily.failed_by_rule_count) as failed_by_rule_count,
        sum(daily.rework_count) as rework_count,
        sum(daily.rework_by_rule_count) as rework_by_rule_count,
        sum(daily.failed_pipeline_count) as failed_pipeline_count
    from daily
    inner join facts.period_days as days on daily.day = days.day
    group by daily.scope, daily.name, days.period, days.starts_on
)

select
    periods.scope,
    periods.name,
    periods.period,
    periods.starts_on,
    periods.ends_on,
    periods.is_finished,
    periods.is_settled,
    periods.day_count,
    cast(coalesce(summed.deployment_count, 0) as bigint) as deployment_count,
    cast(coalesce(summed.deploy_day_count, 0) as bigint) as deploy_day_count,
    cast(coalesce(summed.failed_count, 0) as bigint) as failed_count,
    cast(coalesce(summed.failed_by_rule_count, 0) as bigint) as failed_by_rule_count,
    cast(coalesce(summed.rework_count, 0) as bigint) as rework_count,
    cast(coalesce(summed.rework_by_rule_count, 0) as bigint) as rework_by_rule_count,
    cast(coalesce(summed.failed_pipeline_count, 0) as bigint) as failed_pipeline_count
from facts.scope_periods as periods
left join summed
    on
        periods.scope = summed.scope
        and periods.name = summed.name
        and periods.period = summed.period
        and periods.starts_on = summed.starts_on
where periods.period <> 'day' or summed.scope is not null
