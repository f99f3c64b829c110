-- One row per team or organisation and period of four weeks or more in which the service that
-- deployed most did so more than ten times as often as the one that deployed least: what is pooled
-- there is unlike, and the number is mostly that of one service.
--
-- grain: scope, name, period, starts_on
--   scope              team or organisation.
--   name               The team, or the word organisation.
--   period             month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   words              The same in words.

with counted as (
    select distinct
        scopes.scope,
        scopes.name,
        counts.period,
        counts.starts_on,
        counts.name as service,
        counts.deployment_count
    from marts.deployment_counts as counts
    inner join facts.scopes as scopes
        on
            counts.name = scopes.service
            and counts.starts_on < scopes.until_on
            and counts.ends_on > scopes.from_on
    where
        counts.scope = 'service'
        and scopes.scope <> 'service'
        and counts.deployment_count > 0
        and counts.day_count >= 28
),

ranked as (
    select
        *,
        row_number() over (
            partition by scope, name, period, starts_on order by deployment_count desc, service
        ) as from_most,
        row_number() over (
            partition by scope, name, period, starts_on order by deployment_count, service
        ) as from_least
    from counted
)

select
    most.scope,
    most.name,
    most.period,
    most.starts_on,
    concat(
        'unlike services side by side: ', most.service, ' deployed ', most.deployment_count,
        ' times, ', least.service, ' ', least.deployment_count
    ) as words
from ranked as most
inner join ranked as least
    on
        most.scope = least.scope
        and most.name = least.name
        and most.period = least.period
        and most.starts_on = least.starts_on
where
    most.from_most = 1
    and least.from_least = 1
    and most.deployment_count > 10 * least.deployment_count
