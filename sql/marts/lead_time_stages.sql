-- One row per scope and period: how much of the lead times each stage took, summed.
-- Sums can be added and divided; means of stages add up to the mean lead time.
-- Pickup and review are not told where one or two people wrote what was delivered: that would be
-- the time that somebody takes. Where no source names authors there is nobody to hide.
--
-- grain: scope, name, period, starts_on
--   scope                     service, team or organisation.
--   name                      The service, the team, or the word organisation.
--   period                    day, week, month, four_weeks or twelve_weeks.
--   starts_on                 First day of the period.
--   ends_on                   First day after it.
--   is_finished               True once all its days are over.
--   is_settled                True once it is older than the attribution window.
--   change_count              Changes delivered that have a lead time.
--   author_count              Authors of the pull requests among them.
--   hides_reviews             True where they are too few to tell of pickup and review.
--   coding_hours              First commit to opened, all together; null where unknown.
--   pickup_hours              Opened to first review, all together; null where unknown.
--   review_hours              First review to approved, all together; null where unknown.
--   merge_hours               Approved to merged, all together; null where unknown.
--   wait_hours                Merged to deployment started, all together; null where unknown.
--   deployment_hours          Deployment started to finished, all together; null where unknown.
--   working_coding_hours      The same in working hours.
--   working_pickup_hours      The same in working hours.
--   working_review_hours      The same in working hours.
--   working_merge_hours       The same in working hours.
--   working_wait_hours        The same in working hours.
--   working_deployment_hours  The same in working hours.
--   definition                Rules under which it was counted.

with delivered as (
    select
        owned.scope,
        owned.name,
        owned.finished_on as day,
        requests.author_number,
        carried.coding_seconds,
        carried.pickup_seconds,
        carried.review_seconds,
        carried.merge_seconds,
        carried.wait_seconds,
        carried.deployment_seconds,
        carried.working_coding_seconds,
        carried.working_pickup_seconds,
        carried.working_review_seconds,
        carried.working_merge_seconds,
        carried.working_wait_seconds,
        carried.working_deployment_seconds
    from facts.owned_changes as owned
    inner join facts.deployment_changes as carried
        on owned.service = carried.service and owned.change_id = carried.change_id
    left join facts.pull_requests as requests on owned.change_id = requests.change_id
    where not owned.is_excluded
),

daily as (
    select
        scope,
        name,
        day,
        count(*) as change_count,
        sum(coding_seconds) as coding_seconds,
        sum(pickup_seconds) as pickup_seconds,
        sum(review_seconds) as review_seconds,
        sum(merge_seconds) as merge_seconds,
        sum(wait_seconds) as wait_seconds,
        sum(deployment_seconds) as deployment_seconds,
        sum(working_coding_seconds) as working_coding_seconds,
        sum(working_pickup_seconds) as working_pickup_seconds,
        sum(working_review_seconds) as working_review_seconds,
        sum(working_merge_seconds) as working_merge_seconds,
        sum(working_wait_seconds) as working_wait_seconds,
        sum(working_deployment_seconds) as working_deployment_seconds
    from delivered
    group by scope, name, day
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
        sum(daily.deployment_seconds) as deployment_seconds,
        sum(daily.working_coding_seconds) as working_coding_seconds,
        sum(daily.working_pickup_seconds) as working_pickup_seconds,
        sum(daily.working_review_seconds) as working_review_seconds,
        sum(daily.working_merge_seconds) as working_merge_seconds,
        sum(daily.working_wait_seconds) as working_wait_seconds,
        sum(daily.working_deployment_seconds) as working_deployment_seconds
    from daily
    inner join facts.period_days as days on daily.day = days.day
    group by daily.scope, daily.name, days.period, days.starts_on
),

writing as (
    select distinct
        scope,
        name,
        day,
        author_number
    from delivered
    where author_number is not null
),

authors as (
    select
        writing.scope,
        writing.name,
        days.period,
        days.starts_on,
        count(distinct writing.author_number) as author_count
    from writing
    inner join facts.period_days as days on writing.day = days.day
    group by writing.scope, writing.name, days.period, days.starts_on
),

counted as (
    select
        periods.*,
        cast(coalesce(summed.change_count, 0) as bigint) as change_count,
        coalesce(authors.author_count, 0) as author_count,
        coalesce(authors.author_count in (1, 2), false) as hides_reviews,
        summed.coding_seconds / 3600.0 as coding_hours,
        summed.pickup_seconds / 3600.0 as pickup_hours,
        summed.review_seconds / 3600.0 as review_hours,
        summed.merge_seconds / 3600.0 as merge_hours,
        summed.wait_seconds / 3600.0 as wait_hours,
        summed.deployment_seconds / 3600.0 as deployment_hours,
        summed.working_coding_seconds / 3600.0 as working_coding_hours,
        summed.working_pickup_seconds / 3600.0 as working_pickup_hours,
        summed.working_review_seconds / 3600.0 as working_review_hours,
        summed.working_merge_seconds / 3600.0 as working_merge_hours,
        summed.working_wait_seconds / 3600.0 as working_wait_hours,
        summed.working_deployment_seconds / 3600.0 as working_deployment_hours
    from facts.scope_periods as periods
    left join summed
        on
            periods.scope = summed.scope
            and periods.name = summed.name
            and periods.period = summed.period
            and periods.starts_on = summed.starts_on
    left join authors
        on
            periods.scope = authors.scope
            and periods.name = authors.name
            and periods.period = authors.period
            and periods.starts_on = authors.starts_on
    where periods.period <> 'day' or summed.scope is not null
)

select
    counted.scope,
    counted.name,
    counted.period,
    counted.starts_on,
    counted.ends_on,
    counted.is_finished,
    counted.is_settled,
    counted.change_count,
    counted.author_count,
    counted.hides_reviews,
    counted.coding_hours,
    case when not counted.hides_reviews then counted.pickup_hours end as pickup_hours,
    case when not counted.hides_reviews then counted.review_hours end as review_hours,
    counted.merge_hours,
    counted.wait_hours,
    counted.deployment_hours,
    counted.working_coding_hours,
    case when not counted.hides_reviews then counted.working_pickup_hours end
        as working_pickup_hours,
    case when not counted.hides_reviews then counted.working_review_hours end
        as working_review_hours,
    counted.working_merge_hours,
    counted.working_wait_hours,
    counted.working_deployment_hours,
    definitions.definition
from counted
inner join facts.scope_definitions as definitions
    on
        definitions.metric = 'change_lead_time'
        and counted.scope = definitions.scope
        and counted.name = definitions.name
