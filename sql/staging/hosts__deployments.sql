-- One row per deployment of a code host; who made it ends here as bot yes or no.
-- If it ever was a success it is one, ended at the first success; else if it ever failed it is a
-- failure, ended at the first; else if it was cancelled. What became of it later, such as
-- inactive, ends nothing, and neither does the time of the last update.
--
-- grain: source, deployment_id
--   source             Name of the source in the configuration.
--   deployment_id      host/repository/number.
--   repository         Repository.
--   environment        Environment; production where the host names none.
--   tier               GitLab's tier of the environment, such as production; null elsewhere.
--   status             success, failure, cancelled or in_progress.
--   created_at         Created, UTC.
--   started_at         When it was first in progress, else when it was created, UTC.
--   finished_at        End, UTC; null while in progress.
--   failed_at          First failure, UTC; null without one.
--   cancelled_at       First cancellation, UTC; null without one.
--   commit_sha         Deployed commit.
--   version            Tag that it was made of; null for a branch.
--   branch             Branch that it was made of; null for a tag or a commit.
--   is_bot             True when a bot made it; null without an author.
--   url                Page at the host.

with fields as (
    select
        deployments.source,
        concat(
            coalesce(sources.host, deployments.source), '/', deployments.scope, '/',
            deployments.record_id
        ) as deployment_id,
        deployments.scope as repository,
        json_extract_string(deployments.payload, '$.environment') as environment,
        json_extract_string(deployments.payload, '$.tier') as tier,
        json_extract_string(deployments.payload, '$.sha') as commit_sha,
        json_extract_string(deployments.payload, '$.ref') as ref,
        json_extract_string(deployments.payload, '$.is_tag') as is_tag,
        json_extract_string(deployments.payload, '$.author') as author,
        json_extract_string(deployments.payload, '$.is_bot') as is_bot,
        json_extract_string(deployments.payload, '$.created_at') as created_at,
        json_extract_string(deployments.payload, '$.statuses') as statuses,
        json_extract_string(deployments.payload, '$.url') as url
    from raw.hosts__deployments as deployments
    inner join config.sources as sources on deployments.source = sources.source
    where not deployments.is_deleted
),

words as (
    select
        fields.source,
        fields.deployment_id,
        split_part(status.word, '@', 1) as state,
        split_part(status.word, '@', 2) as since_at
    from fields
    cross join unnest(string_split(fields.statuses, ' ')) as status (word)
    where fields.statuses <> ''
),

ends as (
    select
        source,
        deployment_id,
        min(case when state in ('in_progress', 'running') then since_at end) as started_at,
        min(case when state = 'success' then since_at end) as success_at,
        min(case when state in ('failure', 'error', 'failed') then since_at end) as failure_at,
        min(
            case when state in ('canceled', 'cancelled', 'skipped') then since_at end
        ) as cancelled_at
    from words
    group by source, deployment_id
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
    fields.repository,
    coalesce(fields.environment, 'production') as environment,
    fields.tier,
    case
        when ends.success_at is not null then 'success'
        when ends.failure_at is not null then 'failure'
        when ends.cancelled_at is not null then 'cancelled'
        else 'in_progress'
    end as status,
    cast(fields.created_at as timestamptz) as created_at,
    cast(coalesce(ends.started_at, fields.created_at) as timestamptz) as started_at,
    cast(coalesce(ends.success_at, ends.failure_at, ends.cancelled_at) as timestamptz)
        as finished_at,
    cast(ends.failure_at as timestamptz) as failed_at,
    cast(ends.cancelled_at as timestamptz) as cancelled_at,
    lower(fields.commit_sha) as commit_sha,
    case when fields.is_tag = 'true' then fields.ref end as version,
    case
        when
            coalesce(fields.is_tag, 'false') <> 'true'
            and not regexp_matches(fields.ref, '^[0-9a-f]{40,64}$')
            then fields.ref
    end as branch,
    case when fields.is_bot = 'true' then true else known.is_bot end as is_bot,
    fields.url
from fields
left join ends
    on fields.source = ends.source and fields.deployment_id = ends.deployment_id
left join known on fields.author = known.author
