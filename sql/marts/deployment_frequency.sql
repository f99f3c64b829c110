-- One row per scope and period: successful production deployments, scaled to a week.
-- Usual is the 10th to 90th percentile of the 16 finished periods before, from 8 on.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   deployment_count   Counted production deployments.
--   deploy_day_count   Days with at least one.
--   per_week           Deployments x 7 / days that have begun.
--   usual_low          10th percentile of the periods before; weeks only; null without history.
--   usual_high         90th percentile of the periods before; weeks only; null without history.
--   definition         Rules under which it was counted.

with weekly as (
    select
        *,
        deployment_count * 7.0 / day_count as per_week
    from marts.deployment_counts
    where period <> 'day' or deployment_count > 0
),

ranged as (
    select
        *,
        count(*) over before as before_count,
        quantile_cont(per_week, 0.1) over before as low,
        quantile_cont(per_week, 0.9) over before as high
    from weekly
    where period = 'week'
    window before as (
        partition by scope, name order by starts_on rows between 16 preceding and 1 preceding
    )
)

select
    weekly.scope,
    weekly.name,
    weekly.period,
    weekly.starts_on,
    weekly.ends_on,
    weekly.is_finished,
    weekly.is_settled,
    weekly.deployment_count,
    weekly.deploy_day_count,
    weekly.per_week,
    case when ranged.before_count >= 8 then ranged.low end as usual_low,
    case when ranged.before_count >= 8 then ranged.high end as usual_high,
    definitions.definition
from weekly
left join ranged
    on
        weekly.scope = ranged.scope
        and weekly.name = ranged.name
        and weekly.period = ranged.period
        and weekly.starts_on = ranged.starts_on
inner join facts.scope_definitions as definitions
    on
        definitions.metric = 'deployment_frequency'
        and weekly.scope = definitions.scope
        and weekly.name = definitions.name
