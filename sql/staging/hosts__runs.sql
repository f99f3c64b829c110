-- One row per workflow run, pipeline or job of a code host that may have deployed something.
--
-- grain: source, run_id
--   source             Name of the source in the configuration.
--   run_id             host/repository/run/number, of GitLab .../pipeline/number or .../job/number.
--   repository         Repository.
--   name               Name of the workflow, pipeline or job.
--   path               File of the workflow; null where there is none.
--   environment        Environment of a job; null where it names none.
--   status             success, failure, cancelled or in_progress.
--   trigger            manual or automatic; null where unknown.
--   created_at         Created, UTC.
--   started_at         Start, UTC; null before it began.
--   finished_at        End, UTC; null while in progress.
--   commit_sha         Commit that it ran on.
--   branch             Branch that it ran on; null where unknown.
--   attempt            1 unless it was run again; of such a run only the last attempt is known.
--   is_bot             True when a bot set it off; null without an author.
--   url                Page at the host.

with fields as (
    select
        runs.source,
        concat(coalesce(sources.host, runs.source), '/', runs.scope, '/', runs.record_id)
            as run_id,
        runs.scope as repository,
        json_extract_string(runs.payload, '$.name') as name,
        json_extract_string(runs.payload, '$.path') as path,
        json_extract_string(runs.payload, '$.environment') as environment,
        json_extract_string(runs.payload, '$.state') as state,
        json_extract_string(runs.payload, '$.event') as event,
        json_extract_string(runs.payload, '$.sha') as commit_sha,
        json_extract_string(runs.payload, '$.branch') as branch,
        json_extract_string(runs.payload, '$.attempt') as attempt,
        json_extract_string(runs.payload, '$.author') as author,
        json_extract_string(runs.payload, '$.is_bot') as is_bot,
        json_extract_string(runs.payload, '$.created_at') as created_at,
        json_extract_string(runs.payload, '$.started_at') as started_at,
        json_extract_string(runs.payload, '$.finished_at') as finished_at,
        json_extract_string(runs.payload, '$.url') as url
    from raw.hosts__runs as runs
    inner join config.sources as sources on runs.source = sources.source
    where not runs.is_deleted
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
    fields.run_id,
    fields.repository,
    fields.name,
    fields.path,
    fields.environment,
    case
        when fields.finished_at is null then 'in_progress'
        when fields.state = 'success' then 'success'
        when fields.state in ('failure', 'failed', 'timed_out', 'startup_failure') then 'failure'
        else 'cancelled'
    end as status,
    case
        when fields.event in ('workflow_dispatch', 'web', 'manual') then 'manual'
        when fields.event is not null then 'automatic'
    end as trigger,
    cast(fields.created_at as timestamptz) as created_at,
    cast(
        case
            when
                fields.finished_at is null
                and fields.state in (
                    'manual', 'scheduled', 'created', 'preparing', 'pending', 'queued',
                    'requested', 'waiting', 'waiting_for_resource', 'waiting_for_callback'
                )
                then fields.started_at
            else coalesce(fields.started_at, fields.created_at)
        end as timestamptz
    ) as started_at,
    cast(fields.finished_at as timestamptz) as finished_at,
    lower(fields.commit_sha) as commit_sha,
    fields.branch,
    coalesce(cast(fields.attempt as bigint), 1) as attempt,
    case when fields.is_bot = 'true' then true else known.is_bot end as is_bot,
    fields.url
from fields
left join known on fields.author = known.author
