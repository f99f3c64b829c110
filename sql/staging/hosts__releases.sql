-- One row per published release of a code host; drafts are none.
--
-- grain: source, release_id
--   source             Name of the source in the configuration.
--   release_id         host/repository/releases/id.
--   repository         Repository.
--   tag                Tag that it was made of.
--   commit_sha         Commit that the tag names; null where the tag is gone.
--   published_at       Published, UTC.
--   is_pre_release     True when the host or the tag's version says so.
--   is_bot             True when a bot published it; null without an author.
--   url                Page at the host.

with fields as (
    select
        releases.source,
        concat(
            coalesce(sources.host, releases.source), '/', releases.scope, '/releases/',
            releases.record_id
        ) as release_id,
        releases.scope as repository,
        json_extract_string(releases.payload, '$.tag') as tag,
        json_extract_string(releases.payload, '$.sha') as commit_sha,
        json_extract_string(releases.payload, '$.is_draft') as is_draft,
        json_extract_string(releases.payload, '$.is_pre_release') as is_pre_release,
        json_extract_string(releases.payload, '$.author') as author,
        json_extract_string(releases.payload, '$.is_bot') as is_bot,
        json_extract_string(releases.payload, '$.published_at') as published_at,
        json_extract_string(releases.payload, '$.url') as url
    from raw.hosts__releases as releases
    inner join config.sources as sources on releases.source = sources.source
    where not releases.is_deleted
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
    fields.release_id,
    fields.repository,
    fields.tag,
    lower(fields.commit_sha) as commit_sha,
    cast(fields.published_at as timestamptz) as published_at,
    coalesce(fields.is_pre_release = 'true', false)
    or regexp_matches(lower(regexp_replace(fields.tag, '^.*/', '')), calendar.pre_release_pattern)
        as is_pre_release,
    case when fields.is_bot = 'true' then true else known.is_bot end as is_bot,
    fields.url
from fields
left join known on fields.author = known.author
cross join config.calendar as calendar
where coalesce(fields.is_draft, 'false') <> 'true' and fields.published_at is not null
