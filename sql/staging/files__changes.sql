-- One row per pull request told by the neutral tables; its author ends here as bot yes or no.
--
-- grain: source, change_id
--   source             Name of the source in the configuration.
--   change_id          The source's own id.
--   kind               What the source calls it; pull_request where it says nothing.
--   service            Service as the source names it; null where the repository tells.
--   repository         Repository; null where the service tells.
--   first_commit_at    Author time of its first commit, UTC.
--   opened_at          Opened for the first time, UTC.
--   ready_at           Ready for review, UTC.
--   first_review_at    First review by somebody else, UTC.
--   approved_at        Approved, UTC.
--   merged_at          Merged, UTC; null while open.
--   merge_sha          Commit that landed it.
--   deployment_id      Deployment that carried it, where the source says so.
--   is_bot             True when a bot's name stands as author; null without an author.
--   author_number      Stands for its author; null without one.
--   author_team        Team of its author; null where in none.
--   title              Title.
--   branch             Source branch.
--   base_branch        Branch that it is merged into; null where unknown.
--   labels             Labels, with semicolons around each, lower case.
--   url                Page at the source.

with fields as (
    select
        source,
        record_id as change_id,
        json_extract_string(payload, '$.kind') as kind,
        json_extract_string(payload, '$.service') as service,
        json_extract_string(payload, '$.repository') as repository,
        json_extract_string(payload, '$.first_commit_at') as first_commit_at,
        json_extract_string(payload, '$.opened_at') as opened_at,
        json_extract_string(payload, '$.ready_at') as ready_at,
        json_extract_string(payload, '$.first_review_at') as first_review_at,
        json_extract_string(payload, '$.approved_at') as approved_at,
        json_extract_string(payload, '$.merged_at') as merged_at,
        json_extract_string(payload, '$.merge_sha') as merge_sha,
        json_extract_string(payload, '$.deployment_id') as deployment_id,
        json_extract_string(payload, '$.author') as author,
        json_extract_string(payload, '$.title') as title,
        json_extract_string(payload, '$.branch') as branch,
        json_extract_string(payload, '$.base_branch') as base_branch,
        json_extract_string(payload, '$.labels') as labels,
        json_extract_string(payload, '$.url') as url
    from raw.files__changes
    where not is_deleted
)

select
    fields.source,
    fields.change_id,
    coalesce(fields.kind, 'pull_request') as kind,
    fields.service,
    fields.repository,
    date_trunc('second', cast(fields.first_commit_at as timestamptz)) as first_commit_at,
    date_trunc('second', cast(fields.opened_at as timestamptz)) as opened_at,
    date_trunc('second', cast(fields.ready_at as timestamptz)) as ready_at,
    date_trunc('second', cast(fields.first_review_at as timestamptz)) as first_review_at,
    date_trunc('second', cast(fields.approved_at as timestamptz)) as approved_at,
    date_trunc('second', cast(fields.merged_at as timestamptz)) as merged_at,
    lower(fields.merge_sha) as merge_sha,
    fields.deployment_id,
    authors.is_bot,
    authors.author_number,
    authors.team as author_team,
    coalesce(masked.masked_title, fields.title) as title,
    fields.branch,
    fields.base_branch,
    concat(';', lower(fields.labels), ';') as labels,
    fields.url
from fields
left join staging.authors as authors on fields.author = authors.author
left join staging.masked_titles as masked on fields.title = masked.title
