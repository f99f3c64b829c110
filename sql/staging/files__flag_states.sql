-- One row per feature flag and environment: what it does there, as told last.
--
-- grain: source, flag_id, environment
--   source             Name of the source in the configuration.
--   flag_id            The source's own id of the flag.
--   environment        Environment as the source names it.
--   is_enabled         True where it is switched on.
--   is_production      What the source says of the environment; null where it says nothing.
--   rollout_share      Share of everybody who gets it while it is on, 0 to 1; null where unknown.
--   fields             Fields of a context by which its strategies choose, with semicolons around
--                      each, lower case; null where unknown.
--   evaluated_at       Last seen evaluated there, UTC; null where never or unknown.

with told as (
    select
        source,
        json_extract_string(payload, '$.flag_id') as flag_id,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.is_enabled') as is_enabled,
        json_extract_string(payload, '$.is_production') as is_production,
        json_extract_string(payload, '$.rollout_share') as rollout_share,
        json_extract_string(payload, '$.fields') as fields,
        json_extract_string(payload, '$.evaluated_at') as evaluated_at
    from raw.files__flag_states
    where not is_deleted
),

strategies as (
    select
        source,
        json_extract_string(payload, '$.flag_id') as flag_id,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.rollout_share') as rollout_share,
        json_extract_string(payload, '$.fields') as fields
    from raw.flags__strategies
    where not is_deleted
)

select
    told.source,
    told.flag_id,
    told.environment,
    told.is_enabled = 'true' as is_enabled,
    case when told.is_production is not null then told.is_production = 'true' end as is_production,
    cast(coalesce(told.rollout_share, strategies.rollout_share) as double) as rollout_share,
    case
        when coalesce(told.fields, strategies.fields) is not null
            then concat(';', lower(coalesce(told.fields, strategies.fields)), ';')
    end as fields,
    date_trunc('second', cast(told.evaluated_at as timestamptz)) as evaluated_at
from told
left join strategies
    on
        told.source = strategies.source
        and told.flag_id = strategies.flag_id
        and told.environment = strategies.environment
