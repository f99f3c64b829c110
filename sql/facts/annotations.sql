-- One row per thing that people remember when they look at a chart: from the configuration, from
-- annotations that events tell, and from events of production environments.
-- What begins after the day of the run is left out.
--
-- grain: annotation_id
--   annotation_id      Its place in the configuration, or the source and the sender's own id.
--   starts_on          First day.
--   ends_on            Last day, itself included.
--   text               What happened.
--   service            Service that it is about; null where it is about no single one.
--   team               Team that it is about; null where it is about no single one.
--   told_by            configuration or event.
--   url                Page at the sender; null where there is none.

with environments as (
    select distinct environment
    from staging.events__annotations
    where environment is not null
),

production as (
    select environments.environment
    from environments
    cross join config.calendar as calendar
    where regexp_matches(environments.environment, calendar.production_pattern)
),

told as (
    select
        concat('annotation ', annotations.place) as annotation_id,
        annotations.from_on as starts_on,
        annotations.to_on as ends_on,
        annotations.text,
        annotations.service,
        annotations.team,
        'configuration' as told_by,
        cast(null as text) as url
    from config.annotations as annotations
    union all
    select
        concat(events.source, ':', events.annotation_id) as annotation_id,
        cast(events.started_at at time zone run.time_zone as date) as starts_on,
        cast(coalesce(events.finished_at, events.started_at) at time zone run.time_zone as date)
            as ends_on,
        coalesce(
            events.text, concat('environment ', events.environment, ' ', events.state)
        ) as text,
        coalesce(aliases.service, events.service) as service,
        cast(null as text) as team,
        'event' as told_by,
        events.url
    from staging.events__annotations as events
    left join config.aliases as aliases on events.service = aliases.alias
    left join production on events.environment = production.environment
    cross join config.run as run
    where
        events.started_at <= run.as_of
        and (events.environment is null or production.environment is not null)
)

select
    told.annotation_id,
    told.starts_on,
    greatest(told.starts_on, told.ends_on) as ends_on,
    told.text,
    told.service,
    told.team,
    told.told_by,
    told.url
from told
cross join config.run as run
where told.starts_on <= cast(run.as_of at time zone run.time_zone as date)
