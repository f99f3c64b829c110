-- One row per turn of a feature flag and service whose flag it is; one row with an empty service
-- where it is nobody's. It is that of the service that the event names, else of those whose flag it
-- is or whose configuration has a pattern of its key.
--
-- grain: flag_event_id, service
--   flag_event_id      The source's own id, led by the source where two sources use the same one.
--   flag_key           Key of the flag.
--   flag_id            The flag, led by its source; null where only its events are known.
--   kind               release, experiment, ops, permission or unknown.
--   service            Service; empty where it is nobody's.
--   environment        Environment; null where none is told.
--   is_production      True when the environment counts as production, or none is told.
--   happened_at        When it happened, UTC.
--   does               raised or lowered.
--   share_before       Share of everybody who got it until then, 0 to 1; null where unknown.
--   share_after        Share of everybody who gets it from then on, 0 to 1; null where unknown.
--   is_exposure        True where a release or ops flag reaches more people in production.
--   source             Name of the source in the configuration.
--   tool               What told the source of it, such as unleash; null where unknown.
--   url                Page at the source.

with told as (
    select
        events.*,
        services.service as named_service
    from facts.told_flag_events as events
    left join config.aliases as aliases on events.service = aliases.alias
    left join facts.services as services
        on coalesce(aliases.service, events.service) = services.service
    cross join facts.cut as cut
    where events.happened_at <= cut.cut_at
),

-- A pattern that is no literal is compiled for every row, so it meets distinct keys alone.
keys as (
    select distinct flag_key
    from told
    where named_service is null
),

owners as (
    select
        keys.flag_key,
        patterns.service
    from keys
    inner join config.flag_patterns as patterns on regexp_matches(keys.flag_key, patterns.pattern)
    union
    select
        keys.flag_key,
        services.service
    from keys
    inner join facts.flags as flags on keys.flag_key = flags.flag_key
    inner join facts.flag_services as services on flags.flag_id = services.flag_id
),

-- One key can be that of several flags; the flag of the event's own source is meant.
flags as (
    select
        told.source,
        told.flag_event_id,
        flags.flag_id,
        flags.kind
    from told
    inner join facts.flags as flags on told.flag_key = flags.flag_key
    qualify row_number() over (
        partition by told.source, told.flag_event_id
        order by told.source = flags.source desc, flags.flag_id
    ) = 1
),

owned as (
    select
        told.*,
        coalesce(told.named_service, owners.service, '') as owner
    from told
    left join owners on told.named_service is null and told.flag_key = owners.flag_key
),

environments as (
    select distinct
        owner,
        environment
    from owned
    where environment is not null
),

places as (
    select
        environments.owner,
        environments.environment,
        regexp_matches(
            environments.environment,
            coalesce(settings.production_pattern, calendar.production_pattern)
        ) as is_production
    from environments
    left join config.services as settings on environments.owner = settings.service
    cross join config.calendar as calendar
)

select
    case
        when
            min(owned.source) over (partition by owned.flag_event_id)
            <> max(owned.source) over (partition by owned.flag_event_id)
            then concat(owned.source, ':', owned.flag_event_id)
        else owned.flag_event_id
    end as flag_event_id,
    owned.flag_key,
    flags.flag_id,
    coalesce(flags.kind, 'unknown') as kind,
    owned.owner as service,
    owned.environment,
    coalesce(places.is_production, true) as is_production,
    owned.happened_at,
    owned.does,
    owned.share_before,
    owned.share_after,
    owned.does = 'raised'
    and coalesce(flags.kind in ('release', 'ops'), false)
    and coalesce(places.is_production, true) as is_exposure,
    owned.source,
    owned.tool,
    owned.url
from owned
left join flags
    on owned.source = flags.source and owned.flag_event_id = flags.flag_event_id
left join places
    on owned.owner = places.owner and owned.environment = places.environment
