-- One row per time at which a version was given copies of real traffic.
--
-- grain: source, shadow_id
--   source             Name of the source in the configuration.
--   shadow_id          The source's own id.
--   service            Service as the source names it.
--   environment        Environment as the source names it; production where it names none.
--   commit_sha         Commit that had the copies; null where unknown.
--   version            Version that had the copies; null where unknown.
--   started_at         Start, UTC.
--   finished_at        End, UTC; null where unknown.
--   verdict            matched or differed; null where nobody compared the answers.
--   url                Page at the source.

with fields as (
    select
        source,
        record_id as shadow_id,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.sha') as commit_sha,
        json_extract_string(payload, '$.version') as version,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.finished_at') as finished_at,
        json_extract_string(payload, '$.verdict') as verdict,
        json_extract_string(payload, '$.url') as url
    from raw.delivery__shadows
    where not is_deleted
)

select
    source,
    shadow_id,
    service,
    coalesce(environment, 'production') as environment,
    lower(commit_sha) as commit_sha,
    version,
    date_trunc('second', cast(started_at as timestamptz)) as started_at,
    date_trunc('second', cast(finished_at as timestamptz)) as finished_at,
    verdict,
    url
from fields
