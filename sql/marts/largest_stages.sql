-- One row per service of which more than one stage of lead time is known: the one that took the
-- largest share of the last four whole weeks, and the delivered change that spent longest in it.
-- Of two that took as much the earlier stage is told, and of two changes the first by name.
--
-- grain: service
--   service            Service.
--   stage              coding, pickup, review, merge, wait or deployment.
--   stage_hours        Hours that it took, all changes together.
--   stage_share        Its share of the hours of all stages, 0 to 1.
--   change_count       Changes delivered that have a lead time.
--   change_id          The change that spent longest in it.
--   title              That change's title.
--   url                That change's page at the source.
--   longest_hours      How long that change spent in it.

with weeks as (
    select *
    from marts.lead_time_stages
    where scope = 'service' and period = 'four_weeks' and is_finished
    qualify row_number() over (partition by name order by starts_on desc) = 1
),

stages as (
    select
        *,
        1 as place,
        'coding' as stage,
        coding_hours as hours
    from weeks
    union all
    select
        *,
        2 as place,
        'pickup' as stage,
        pickup_hours as hours
    from weeks
    union all
    select
        *,
        3 as place,
        'review' as stage,
        review_hours as hours
    from weeks
    union all
    select
        *,
        4 as place,
        'merge' as stage,
        merge_hours as hours
    from weeks
    union all
    select
        *,
        5 as place,
        'wait' as stage,
        wait_hours as hours
    from weeks
    union all
    select
        *,
        6 as place,
        'deployment' as stage,
        deployment_hours as hours
    from weeks
),

largest as (
    select
        *,
        sum(hours) over (partition by name) as all_hours,
        count(*) over (partition by name) as stage_count
    from stages
    where hours > 0
    qualify row_number() over (partition by name order by hours desc, place) = 1
),

spent as (
    select
        largest.*,
        owned.change_id,
        case largest.stage
            when 'coding' then carried.coding_seconds
            when 'pickup' then carried.pickup_seconds
            when 'review' then carried.review_seconds
            when 'merge' then carried.merge_seconds
            when 'wait' then carried.wait_seconds
            when 'deployment' then carried.deployment_seconds
        end as seconds
    from largest
    inner join facts.owned_changes as owned
        on
            owned.scope = 'service'
            and largest.name = owned.name
            and owned.finished_on >= largest.starts_on
            and owned.finished_on < largest.ends_on
            and not owned.is_excluded
    inner join facts.deployment_changes as carried
        on owned.service = carried.service and owned.change_id = carried.change_id
    where largest.stage_count > 1
)

select
    spent.name as service,
    spent.stage,
    spent.hours as stage_hours,
    round(spent.hours / spent.all_hours, 6) as stage_share,
    spent.change_count,
    spent.change_id,
    changes.title,
    changes.url,
    spent.seconds / 3600.0 as longest_hours
from spent
left join facts.changes as changes
    on spent.name = changes.service and spent.change_id = changes.change_id
where spent.seconds is not null
qualify
    row_number() over (partition by spent.name order by spent.seconds desc, spent.change_id) = 1
