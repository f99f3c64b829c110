-- Where does lead time go, service by service, over the last 12 whole weeks?
-- Shares of all hours of all changes: sums may be added, medians may not.

with summed as (
    select
        stages.name as service,
        sum(stages.change_count) as change_count,
        coalesce(sum(stages.coding_hours), 0) as coding,
        coalesce(sum(stages.pickup_hours), 0) + coalesce(sum(stages.review_hours), 0) as review,
        coalesce(sum(stages.merge_hours), 0) as merging,
        coalesce(sum(stages.wait_hours), 0) as waiting,
        coalesce(sum(stages.deployment_hours), 0) as deploying
    from marts.lead_time_stages as stages
    cross join config.run as run
    where
        stages.scope = 'service'
        and stages.period = 'week'
        and stages.is_finished
        and stages.starts_on >= cast(
            date_trunc('week', run.as_of at time zone run.time_zone) as date
        ) - 84
    group by stages.name
)

select
    service,
    change_count,
    round(coding / nullif(coding + review + merging + waiting + deploying, 0), 2) as coding_share,
    round(review / nullif(coding + review + merging + waiting + deploying, 0), 2) as review_share,
    round(merging / nullif(coding + review + merging + waiting + deploying, 0), 2) as merge_share,
    round(waiting / nullif(coding + review + merging + waiting + deploying, 0), 2) as wait_share,
    round(deploying / nullif(coding + review + merging + waiting + deploying, 0), 2)
        as deployment_share
from summed
order by change_count desc, service
