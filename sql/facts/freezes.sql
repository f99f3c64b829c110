-- One row per declared freeze and service that it is for: from the configuration and from events of
-- production. In its days nobody is expected to deploy. What an event declares holds from the
-- first day of it to the last, whenever it was told.
--
-- grain: name, service, from_on, to_on
--   name               What it is called.
--   service            Service that it is for; null where it is for all.
--   from_on            First day.
--   to_on              Last day, itself included.

with production as (
    select distinct events.environment
    from staging.events__annotations as events
    cross join config.calendar as calendar
    where events.is_freeze and regexp_matches(events.environment, calendar.production_pattern)
)

select
    name,
    service,
    from_on,
    to_on
from config.freezes
union
select
    events.text as name,
    coalesce(aliases.service, events.service) as service,
    cast(events.started_at at time zone run.time_zone as date) as from_on,
    cast(events.finished_at at time zone run.time_zone as date) as to_on
from staging.events__annotations as events
left join config.aliases as aliases on events.service = aliases.alias
left join production on events.environment = production.environment
cross join config.run as run
where
    events.is_freeze
    and events.finished_at >= events.started_at
    and (events.environment is null or production.environment is not null)
