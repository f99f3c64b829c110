-- One row per scope and period: the lower median of deployment days over its weeks and months.
-- The weeks and months at the edges count as whole ones, with the days that are in the period.
--
-- grain: scope, name, starts_on
--   scope              service, team or organisation: one project.
--   name               The service, the team, or the word organisation.
--   starts_on          First day of the period.
--   per_week           Deployment days a week.
--   per_month          Deployment days a month.

with deploy_days as (
    select distinct
        scope,
        name,
        happened_on
    from devlake.deployments
),

spans as (
    select
        scopes.scope,
        scopes.name,
        days.starts_on,
        days.week_on as span_on,
        'week' as span,
        count(deploy_days.happened_on) as day_count
    from chosen.scopes as scopes
    cross join chosen.days as days
    left join deploy_days
        on
            scopes.scope = deploy_days.scope
            and scopes.name = deploy_days.name
            and days.day = deploy_days.happened_on
    group by scopes.scope, scopes.name, days.starts_on, days.week_on
    union all
    select
        scopes.scope,
        scopes.name,
        days.starts_on,
        days.month_on as span_on,
        'month' as span,
        count(deploy_days.happened_on) as day_count
    from chosen.scopes as scopes
    cross join chosen.days as days
    left join deploy_days
        on
            scopes.scope = deploy_days.scope
            and scopes.name = deploy_days.name
            and days.day = deploy_days.happened_on
    group by scopes.scope, scopes.name, days.starts_on, days.month_on
),

ranked as (
    select
        *,
        row_number() over (line order by day_count, span_on) as place,
        count(*) over line as span_count
    from spans
    window line as (partition by scope, name, starts_on, span)
)

select
    scope,
    name,
    starts_on,
    cast(max(day_count) filter (where span = 'week') as double) as per_week,
    cast(max(day_count) filter (where span = 'month') as double) as per_month
from ranked
where 2 * place >= span_count and 2 * place <= span_count + 1
group by scope, name, starts_on
