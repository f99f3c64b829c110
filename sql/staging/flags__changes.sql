-- One row per entry of a flag tool's log that tells whom a flag reaches from then on.
--
-- grain: source, flag_change_id
--   source             Name of the source in the configuration.
--   flag_change_id     The entry's own id; of several steps in one entry, and which.
--   flag_id            The source's own id of the flag.
--   flag_key           Key of the flag.
--   environment        Environment; null where the flag is the same in all.
--   happened_at        When it happened, UTC.
--   place              Place among what happened in one second.
--   is_enabled         True when it was switched on, false when off; null where neither.
--   strategy_id        The one strategy that it changed; null where it changed none.
--   rollout_share      Share of everybody who gets the flag by that strategy from then on, 0 to 1.
--   fields             Fields of a context by which it chooses, with semicolons around each, lower
--                      case; empty where by none.
--   url                Page at the tool.

with told as (
    select
        source,
        record_id as flag_change_id,
        json_extract_string(payload, '$.flag_id') as flag_id,
        json_extract_string(payload, '$.flag_key') as flag_key,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.happened_at') as happened_at,
        json_extract_string(payload, '$.place') as place,
        json_extract_string(payload, '$.is_enabled') as is_enabled,
        json_extract_string(payload, '$.strategy_id') as strategy_id,
        json_extract_string(payload, '$.rollout_share') as rollout_share,
        json_extract_string(payload, '$.fields') as fields,
        json_extract_string(payload, '$.url') as url
    from raw.flags__changes
    where not is_deleted
)

select
    source,
    flag_change_id,
    flag_id,
    flag_key,
    environment,
    date_trunc('second', cast(happened_at as timestamptz)) as happened_at,
    coalesce(cast(place as bigint), 0) as place,
    case when is_enabled is not null then is_enabled = 'true' end as is_enabled,
    strategy_id,
    cast(rollout_share as double) as rollout_share,
    concat(';', lower(fields), ';') as fields,
    url
from told
