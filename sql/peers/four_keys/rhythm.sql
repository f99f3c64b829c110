-- One row per scope and period: the median of deployment days over its weeks.
--
-- grain: scope, name, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   starts_on          First day of the period.
--   per_week           Deployment days a week.
--   day_count          Deployment days.

with deploy_days as (
    select distinct
        scope,
        name,
        happened_on
    from four_keys.deployments
),

weeks as (
    select
        scopes.scope,
        scopes.name,
        days.starts_on,
        days.week_on,
        count(deploy_days.happened_on) as day_count
    from chosen.scopes as scopes
    cross join chosen.days as days
    left join deploy_days
        on
            scopes.scope = deploy_days.scope
            and scopes.name = deploy_days.name
            and days.day = deploy_days.happened_on
    group by scopes.scope, scopes.name, days.starts_on, days.week_on
)

select
    scope,
    name,
    starts_on,
    quantile_cont(day_count, 0.5) as per_week,
    cast(sum(day_count) as bigint) as day_count
from weeks
group by scope, name, starts_on
