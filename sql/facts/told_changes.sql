-- One row per pull request, merge request or other change that a source tells of.
--
-- grain: source, change_id
--   source               Name of the source in the configuration.
--   change_id            The source's own id.
--   number               Number in its repository; null where the source has none.
--   service              Service as the source names it; null where the repository tells.
--   repository           Repository; null where the service tells.
--   first_commit_at      Author time of its first commit, UTC.
--   opened_at            Opened for the first time, UTC.
--   ready_at             Ready for review, UTC.
--   first_review_at      First review by somebody else, UTC.
--   approved_at          Approved, UTC.
--   merged_at            Merged, UTC; null while open.
--   closed_at            Closed without a merge, UTC; null while it may still be merged.
--   merge_sha            Commit that landed it.
--   deployment_id        Deployment that carried it, where the source says so.
--   is_bot               True when a bot made it; null without an author.
--   author_number        Stands for its author; null without one.
--   author_team          Team of its author; null where in none.
--   title                Title.
--   branch               Source branch.
--   base_branch          Branch that it is merged into; null where unknown.
--   labels               Labels, with semicolons around each, lower case.
--   reverts              Shas that it says it takes back, blank between.
--   reverts_numbers      Numbers of changes that it says it takes back, blank between.
--   commit_shas          Its own commits, blank between.
--   commit_authored_ats  Author times of its own commits, blank between.
--   url                  Page at the source.

select
    source,
    change_id,
    cast(null as text) as number,
    service,
    repository,
    first_commit_at,
    opened_at,
    ready_at,
    first_review_at,
    approved_at,
    merged_at,
    cast(null as timestamptz) as closed_at,
    merge_sha,
    deployment_id,
    is_bot,
    author_number,
    author_team,
    title,
    branch,
    base_branch,
    labels,
    '' as reverts,
    '' as reverts_numbers,
    '' as commit_shas,
    '' as commit_authored_ats,
    url
from staging.files__changes
union all
select
    source,
    change_id,
    number,
    cast(null as text) as service,
    repository,
    first_commit_at,
    opened_at,
    ready_at,
    first_review_at,
    approved_at,
    merged_at,
    closed_at,
    merge_sha,
    cast(null as text) as deployment_id,
    is_bot,
    author_number,
    author_team,
    title,
    branch,
    base_branch,
    labels,
    reverts,
    reverts_numbers,
    commit_shas,
    commit_authored_ats,
    url
from staging.hosts__changes
