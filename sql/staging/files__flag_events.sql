-- One row per flag event told by the neutral tables.
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
--   tool               What told the source of it; null where unknown.
--   url                Page at the source.

with fields as (
    select
        source,
        record_id as flag_event_id,
        json_extract_string(payload, '$.flag_key') as flag_key,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.happened_at') as happened_at,
        json_extract_string(payload, '$.does') as does,
        json_extract_string(payload, '$.source') as tool,
        json_extract_string(payload, '$.share_before') as share_before,
        json_extract_string(payload, '$.share_after') as share_after,
        json_extract_string(payload, '$.url') as url
    from raw.files__flag_events
    where not is_deleted
)

select
    source,
    flag_event_id,
    flag_key,
    service,
    environment,
    date_trunc('second', cast(happened_at as timestamptz)) as happened_at,
    does,
    cast(share_before as double) as share_before,
    cast(share_after as double) as share_after,
    tool,
    url
from fields
