-- One row per moment at which an agent compared a cluster with what is declared.
--
-- grain: source, sync_id
--   source             Name of the source in the configuration.
--   sync_id            The source's own id.
--   service            Service as the source names it.
--   environment        Environment as the source names it; production where it names none.
--   tool               The agent, such as argo_cd or flux; null where unknown.
--   changed_at         When it was so, UTC.
--   revision           Revision of what is declared; null where unknown.
--   state              synced or out_of_sync.
--   url                Page at the source.

with fields as (
    select
        source,
        record_id as sync_id,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.tool') as tool,
        json_extract_string(payload, '$.changed_at') as changed_at,
        json_extract_string(payload, '$.revision') as revision,
        json_extract_string(payload, '$.state') as state,
        json_extract_string(payload, '$.url') as url
    from raw.delivery__agent_syncs
    where not is_deleted
)

select
    source,
    sync_id,
    service,
    coalesce(environment, 'production') as environment,
    tool,
    date_trunc('second', cast(changed_at as timestamptz)) as changed_at,
    revision,
    state,
    url
from fields
