-- One row per deployment told by the neutral tables; who made it ends here as bot yes or no.
--
-- grain: source, deployment_id
--   source             Name of the source in the configuration.
--   deployment_id      The source's own id.
--   service            Service as the source names it.
--   environment        Environment as the source names it; production where it names none.
--   status             success, failure, cancelled or in_progress.
--   started_at         Start, UTC; null where unknown.
--   finished_at        End, UTC; null while in progress.
--   repository         Repository of the deployed commit; null where unknown.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   trigger            manual or automatic; null where unknown.
--   is_bot             True when a bot's name stands as author; null without an author.
--   strategy           rolling, blue_green, canary, recreate or unknown.
--   artifact_digest    Digest of what runs, sha256: and 64 digits; null where unknown.
--   rolls_back_to      Deployment or version that this one goes back to, as told.
--   branch             Deployed branch; null where unknown.
--   url                Page at the source.

with fields as (
    select
        source,
        record_id as deployment_id,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.status') as status,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.finished_at') as finished_at,
        json_extract_string(payload, '$.repository') as repository,
        json_extract_string(payload, '$.sha') as commit_sha,
        json_extract_string(payload, '$.version') as version,
        json_extract_string(payload, '$.trigger') as trigger,
        json_extract_string(payload, '$.author') as author,
        json_extract_string(payload, '$.strategy') as strategy,
        json_extract_string(payload, '$.artifact_digest') as artifact_digest,
        json_extract_string(payload, '$.rolls_back_to') as rolls_back_to,
        json_extract_string(payload, '$.branch') as branch,
        json_extract_string(payload, '$.url') as url
    from raw.files__deployments
    where not is_deleted
),

-- A pattern that is no literal is compiled for every row, so it meets each author once.
authors as (
    select distinct author
    from fields
),

known as (
    select
        authors.author,
        regexp_matches(lower(authors.author), bots.pattern) as is_bot
    from authors
    cross join config.bots as bots
)

select
    fields.source,
    fields.deployment_id,
    fields.service,
    coalesce(fields.environment, 'production') as environment,
    coalesce(fields.status, 'success') as status,
    date_trunc('second', cast(fields.started_at as timestamptz)) as started_at,
    date_trunc('second', cast(fields.finished_at as timestamptz)) as finished_at,
    fields.repository,
    lower(fields.commit_sha) as commit_sha,
    fields.version,
    fields.trigger,
    known.is_bot,
    coalesce(fields.strategy, 'unknown') as strategy,
    lower(fields.artifact_digest) as artifact_digest,
    fields.rolls_back_to,
    fields.branch,
    fields.url
from fields
left join known on fields.author = known.author
