-- One row per source and entity: what was collected, and how fresh it is.
--
-- grain: source, entity
--   source             Name of the source in the configuration.
--   kind               Kind of the source.
--   entity             What was collected.
--   record_count       Records now.
--   rejected_count     Rows of the entity that could not be read.
--   latest_fetched_at  When a record was last new, UTC.
--   latest_event_at    Latest time that a record carries, UTC.
--   history_since      How far back it is read so far, UTC; null where all of it is.

with landed as (
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.files__deployments
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.files__changes
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.files__commits
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.files__incidents
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.git__commits
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.git__tags
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.git__heads
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.hosts__repositories
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.hosts__changes
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.hosts__deployments
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.hosts__runs
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.hosts__releases
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.hosts__issues
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.events__events
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.pagers__incidents
    union all
    select
        source,
        entity,
        is_deleted,
        fetched_at,
        updated_at
    from raw.pagers__deployments
),

rejected as (
    select
        source,
        split_part(file, '.', 1) as entity,
        count(*) as rejected_count
    from staging.files__rejected
    group by source, split_part(file, '.', 1)
),

reached as (
    select
        source,
        entity,
        max(history_since) as history_since
    from raw.reached
    group by source, entity
)

select
    sources.source,
    sources.kind,
    landed.entity,
    count(*) filter (where not landed.is_deleted) as record_count,
    coalesce(max(rejected.rejected_count), 0) as rejected_count,
    max(landed.fetched_at) as latest_fetched_at,
    max(landed.updated_at) as latest_event_at,
    max(reached.history_since) as history_since
from config.sources as sources
inner join landed on sources.source = landed.source
left join rejected on landed.source = rejected.source and landed.entity = rejected.entity
left join reached on landed.source = reached.source and landed.entity = reached.entity
group by sources.source, sources.kind, landed.entity
