-- One row per pushed event that turned a flag on or off.
-- A flag that is archived or deleted is off. Its making, and a change of whom it reaches, are
-- neither.
--
-- grain: source, flag_event_id
--   source             Name of the source in the configuration.
--   flag_event_id      The delivery's id, or the digest of its body.
--   flag_key           Key of the flag.
--   service            Service as the sender names it; null where it names none.
--   environment        Environment; null where the flag is the same in all.
--   happened_at        When it happened, UTC.
--   does               raised or lowered.
--   tool               What sent it: unleash, launchdarkly or gitlab.
--   url                Page at the sender.

with fields as (
    select
        source,
        record_id as flag_event_id,
        json_extract_string(payload, '$.name') as flag_key,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.at') as happened_at,
        json_extract_string(payload, '$.state') as state,
        json_extract_string(payload, '$.format') as tool,
        json_extract_string(payload, '$.url') as url
    from raw.events__events
    where not is_deleted and json_extract_string(payload, '$.subject') = 'flag'
)

select
    source,
    flag_event_id,
    flag_key,
    service,
    environment,
    date_trunc('second', cast(happened_at as timestamptz)) as happened_at,
    case when state = 'enabled' then 'raised' else 'lowered' end as does,
    tool,
    url
from fields
where flag_key is not null and state in ('enabled', 'disabled', 'archived')
qualify row_number() over (partition by source, flag_event_id order by happened_at, flag_key) = 1
