-- One row per commit told by the neutral tables; its author ends here as bot yes or no.
--
-- grain: source, repository, sha
--   source             Name of the source in the configuration.
--   repository         Repository.
--   sha                Commit.
--   parents            Parents' shas, blank between; empty for a root.
--   authored_at        Author time, UTC.
--   committed_at       Committer time, UTC; the author time where unknown.
--   is_bot             True when a bot's name stands as author; null without an author.
--   author_number      Stands for its author; null without one.
--   author_team        Team of its author; null where in none.
--   subject            First line of the message.
--   reverts            Shas that it takes back, blank between, where the table tells them.
--   paths              Changed paths; null where unknown.

with fields as (
    select
        source,
        json_extract_string(payload, '$.repository') as repository,
        json_extract_string(payload, '$.sha') as sha,
        json_extract_string(payload, '$.parents') as parents,
        json_extract_string(payload, '$.authored_at') as authored_at,
        json_extract_string(payload, '$.committed_at') as committed_at,
        json_extract_string(payload, '$.author') as author,
        json_extract_string(payload, '$.subject') as subject,
        json_extract_string(payload, '$.reverts') as reverts,
        json_extract_string(payload, '$.paths') as paths
    from raw.files__commits
    where not is_deleted
)

select
    fields.source,
    fields.repository,
    lower(fields.sha) as sha,
    coalesce(lower(fields.parents), '') as parents,
    date_trunc('second', cast(fields.authored_at as timestamptz)) as authored_at,
    date_trunc(
        'second', cast(coalesce(fields.committed_at, fields.authored_at) as timestamptz)
    ) as committed_at,
    authors.is_bot,
    authors.author_number,
    authors.team as author_team,
    coalesce(masked.masked_title, fields.subject, '') as subject,
    coalesce(fields.reverts, '') as reverts,
    string_split(fields.paths, ';') as paths
from fields
left join staging.authors as authors on fields.author = authors.author
left join staging.masked_titles as masked on fields.subject = masked.title
