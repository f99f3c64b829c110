-- One row per change event that a pager was told of.
--
-- grain: source, deployment_id
--   source             Name of the source in the configuration.
--   deployment_id      The tool's own id.
--   name               What it is called.
--   service            First of the services that it names; null where it names none.
--   environment        Environment; production where it names none.
--   status             success, failure or cancelled.
--   finished_at        When it happened, UTC.
--   repository         Repository; null where unknown.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   url                Page at the tool that sent it.

with fields as (
    select
        source,
        record_id as deployment_id,
        json_extract_string(payload, '$.name') as name,
        json_extract_string(payload, '$.services') as services,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.status') as status,
        json_extract_string(payload, '$.finished_at') as finished_at,
        json_extract_string(payload, '$.repository') as repository,
        json_extract_string(payload, '$.sha') as commit_sha,
        json_extract_string(payload, '$.version') as version,
        json_extract_string(payload, '$.url') as url
    from raw.pagers__deployments
    where not is_deleted
)

select
    source,
    deployment_id,
    name,
    nullif(split_part(services, ';', 1), '') as service,
    coalesce(environment, 'production') as environment,
    case
        when lower(status) in ('failure', 'failed', 'error') then 'failure'
        when lower(status) in ('cancelled', 'canceled') then 'cancelled'
        else 'success'
    end as status,
    cast(finished_at as timestamptz) as finished_at,
    repository,
    lower(commit_sha) as commit_sha,
    version,
    url
from fields
