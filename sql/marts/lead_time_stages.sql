-- One row per scope and period: the hours that delivered changes spent in each stage.
-- Hours are summed, so that each stage's share of all of them splits the median honestly.
--
-- grain: scope, name, period, starts_on
--   scope              service, team or organisation.
--   name               The service, the team, or the word organisation.
--   period             day, week, month, four_weeks or twelve_weeks.
--   starts_on          First day of the period.
--   ends_on            First day after it.
--   is_finished        True once all its days are over.
--   is_settled         True once it is older than the attribution window.
--   change_count       Changes delivered that have a lead time.
--   coding_hours       First commit to opened.
--   pickup_hours       Opened to first review.
--   review_hours       First review to approved.
--   merge_hours        Approved to merged.
--   wait_hours         Merged to deployment started.
--   deployment_hours   Deployment started to finished.
--   definition         Rules under which it was counted.

with daily as (
    select
        scopes.scope,
        scopes.name,
        carried.finished_on as day,
        count(*) as change_count,
        sum(carried.coding_seconds) as coding_seconds,
        sum(carried.pickup_seconds) as pickup_seconds,
        sum(carried.review_seconds) as review_seconds,
        sum(carried.merge_seconds) as merge_seconds,
        sum(carried.wait_seconds) as wait_seconds,
        sum(carried.deployment_seconds) as deployment_seconds
    from facts.deployment_changes as carried
    inner join facts.scopes as scopes
        on
            carried.service = scopes.service
            and carried.finished_on >= scopes.from_on
            and carried.finished_on < scopes.until_on
    inner join facts.rules as rules on carried.service = rules.service
    where
        not carried.is_excluded
        and (not coalesce(carried.is_bot, false) or rules.has_bots_changes)
    group by scopes.scope, scopes.name, carried.finished_on
),

summed as (
    select
        daily.scope,
        daily.name,
        days.period,
        days.starts_on,
        sum(daily.change_count) as change_count,
        sum(daily.coding_seconds) as coding_seconds,
        sum(daily.pickup_seconds) as pickup_seconds,
        sum(daily.review_seconds) as review_seconds,
        sum(daily.merge_seconds) as merge_seconds,
        sum(daily.wait_seconds) as wait_seconds,
        sum(daily.deployment_seconds) as deployment_seconds
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
    cast(coalesce(summed.change_count, 0) as bigint) as change_count,
    summed.coding_seconds / 3600.0 as coding_hours,
    summed.pickup_seconds / 3600.0 as pickup_hours,
    summed.review_seconds / 3600.0 as review_hours,
    summed.merge_seconds / 3600.0 as merge_hours,
    summed.wait_seconds / 3600.0 as wait_hours,
    summed.deployment_seconds / 3600.0 as deployment_hours,
    definitions.definition
from facts.scope_periods as periods
left join summed
    on
        periods.scope = summed.scope
        and periods.name = summed.name
        and periods.period = summed.period
        and periods.starts_on = summed.starts_on
inner join facts.scope_definitions as definitions
    on
        definitions.metric = 'change_lead_time'
        and periods.scope = definitions.scope
        and periods.name = definitions.name
where periods.period <> 'day' or summed.scope is not null
