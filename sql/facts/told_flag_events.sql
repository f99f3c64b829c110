-- One row per turn of a feature flag that a source tells of.
-- What a tool both pushed and was asked for is told once, as it was asked for.
--
-- grain: source, flag_event_id
--   source             Name of the source in the configuration.
--   flag_event_id      The source's own id.
--   flag_key           Key of the flag.
--   service            Service as the source names it; null where it names none.
--   environment        Environment; null where it names none.
--   happened_at        When it happened, UTC.
--   does               raised or lowered.
--   share_before       Share of everybody who got it until then, 0 to 1; null where unknown.
--   share_after        Share of everybody who gets it from then on, 0 to 1; null where unknown.
--   tool               What told the source of it, such as unleash; null where unknown.
--   url                Page at the source.

with logged as (
    select
        source,
        flag_change_id as flag_event_id,
        flag_key,
        environment,
        happened_at,
        case
            when share_after > share_before or (is_named_after and not is_named_before)
                then 'raised'
            else 'lowered'
        end as does,
        share_before,
        share_after,
        url
    from facts.flag_levels
    where share_after <> share_before or is_named_after <> is_named_before
    union all
    select
        source,
        flag_change_id as flag_event_id,
        flag_key,
        environment,
        happened_at,
        'lowered' as does,
        cast(null as double) as share_before,
        0 as share_after,
        url
    from staging.flags__changes
    where environment is null and not is_enabled
),

pushed as (
    select events.*
    from staging.events__flags as events
    left join logged
        on
            events.flag_key = logged.flag_key
            and events.does = logged.does
            and events.happened_at = logged.happened_at
            and coalesce(events.environment, '') = coalesce(logged.environment, '')
    where logged.flag_key is null
)

select
    source,
    flag_event_id,
    flag_key,
    service,
    environment,
    happened_at,
    does,
    share_before,
    share_after,
    tool,
    url
from staging.files__flag_events
union all
select
    source,
    flag_event_id,
    flag_key,
    service,
    environment,
    happened_at,
    does,
    cast(null as double) as share_before,
    cast(null as double) as share_after,
    tool,
    url
from pushed
union all
select
    logged.source,
    logged.flag_event_id,
    logged.flag_key,
    cast(null as text) as service,
    logged.environment,
    logged.happened_at,
    logged.does,
    logged.share_before,
    logged.share_after,
    sources.kind as tool,
    logged.url
from logged
inner join config.sources as sources on logged.source = sources.source
