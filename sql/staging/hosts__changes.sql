-- One row per pull or merge request of a code host; author and reviewers end here.
-- A review counts when somebody else wrote it who is no bot. A request that was opened ready for
-- review was ready when it was opened; a draft was ready when it was first marked so.
--
-- grain: source, change_id
--   source               Name of the source in the configuration.
--   change_id            acme/shop#12, of GitLab group/project!12.
--   number               Its number in the repository.
--   repository           Repository.
--   first_commit_at      Author time of its first commit, UTC.
--   opened_at            Opened, UTC.
--   ready_at             Ready for review, UTC; null while it never was.
--   first_review_at      First review by somebody else, UTC.
--   approved_at          First approval by somebody else, UTC.
--   merged_at            Merged, UTC; null while open and where it was closed.
--   closed_at            Closed without a merge, UTC; null when it was opened again.
--   merge_sha            Commit that the merge made on its base branch.
--   is_bot               True when a bot opened it; null without an author.
--   author_number        Stands for its author; null without one.
--   author_team          Team of its author; null where in none.
--   title                Title.
--   branch               Its own branch.
--   base_branch          Branch that it is merged into.
--   labels               Labels, with semicolons around each, lower case.
--   reverts              Shas that it says it takes back, blank between.
--   reverts_numbers      Numbers of requests that it says it takes back, blank between.
--   commit_shas          Its commits, blank between.
--   commit_authored_ats  Author times of its commits, blank between.
--   url                  Page at the host.

with fields as (
    select
        requests.source,
        concat(
            requests.scope, case when sources.kind = 'gitlab' then '!' else '#' end,
            requests.record_id
        ) as change_id,
        requests.record_id as number,
        requests.scope as repository,
        json_extract_string(requests.payload, '$.author') as author,
        json_extract_string(requests.payload, '$.is_bot') as is_bot,
        json_extract_string(requests.payload, '$.is_draft') as is_draft,
        json_extract_string(requests.payload, '$.opened_at') as opened_at,
        json_extract_string(requests.payload, '$.ready_events') as ready_events,
        json_extract_string(requests.payload, '$.reviews') as reviews,
        json_extract_string(requests.payload, '$.merged_at') as merged_at,
        json_extract_string(requests.payload, '$.state') as state,
        json_extract_string(requests.payload, '$.closed_at') as closed_at,
        json_extract_string(requests.payload, '$.merge_sha') as merge_sha,
        json_extract_string(requests.payload, '$.title') as title,
        json_extract_string(requests.payload, '$.branch') as branch,
        json_extract_string(requests.payload, '$.base_branch') as base_branch,
        json_extract_string(requests.payload, '$.labels') as labels,
        json_extract_string(requests.payload, '$.reverts') as reverts,
        json_extract_string(requests.payload, '$.reverts_numbers') as reverts_numbers,
        json_extract_string(requests.payload, '$.commit_shas') as commit_shas,
        json_extract_string(requests.payload, '$.commit_authored_ats') as commit_authored_ats,
        json_extract_string(requests.payload, '$.url') as url
    from raw.hosts__changes as requests
    inner join config.sources as sources on requests.source = sources.source
    where not requests.is_deleted
),

reviews as (
    select
        fields.source,
        fields.change_id,
        fields.author,
        split_part(review.word, '@', 1) as state,
        split_part(review.word, '@', 2) as reviewed_at,
        split_part(review.word, '@', 3) as reviewer
    from fields
    cross join unnest(string_split(fields.reviews, ' ')) as review (word)
    where fields.reviews <> ''
),

-- A pattern that is no literal is compiled for every row, so it meets each login once.
logins as (
    select author as login from fields
    union
    select reviewer as login from reviews
),

known as (
    select
        logins.login,
        logins.login like '%[bot]' or regexp_matches(lower(logins.login), bots.pattern) as is_bot
    from logins
    cross join config.bots as bots
),

reviewed as (
    select
        reviews.source,
        reviews.change_id,
        min(reviews.reviewed_at) as first_review_at,
        min(case when reviews.state = 'approved' then reviews.reviewed_at end) as approved_at
    from reviews
    inner join known on reviews.reviewer = known.login
    where not known.is_bot and reviews.reviewer <> coalesce(reviews.author, '')
    group by reviews.source, reviews.change_id
),

drafts as (
    select
        fields.source,
        fields.change_id,
        min(
            case when starts_with(event.word, 'ready@') then split_part(event.word, '@', 2) end
        ) as ready_at,
        min(
            case when starts_with(event.word, 'draft@') then split_part(event.word, '@', 2) end
        ) as draft_at
    from fields
    cross join unnest(string_split(fields.ready_events, ' ')) as event (word)
    where fields.ready_events <> ''
    group by fields.source, fields.change_id
),

first_commits as (
    select
        fields.source,
        fields.change_id,
        min(commit.authored_at) as first_commit_at
    from fields
    cross join unnest(string_split(fields.commit_authored_ats, ' ')) as commit (authored_at)
    where fields.commit_authored_ats <> ''
    group by fields.source, fields.change_id
)

select
    fields.source,
    fields.change_id,
    fields.number,
    fields.repository,
    cast(first_commits.first_commit_at as timestamptz) as first_commit_at,
    cast(fields.opened_at as timestamptz) as opened_at,
    cast(
        case
            when drafts.ready_at < coalesce(drafts.draft_at, 'Z') then drafts.ready_at
            when drafts.draft_at is not null or coalesce(fields.is_draft, 'false') <> 'true'
                then fields.opened_at
        end
        as timestamptz
    ) as ready_at,
    cast(reviewed.first_review_at as timestamptz) as first_review_at,
    cast(reviewed.approved_at as timestamptz) as approved_at,
    cast(fields.merged_at as timestamptz) as merged_at,
    cast(case when fields.state = 'closed' then fields.closed_at end as timestamptz) as closed_at,
    lower(fields.merge_sha) as merge_sha,
    case when fields.is_bot = 'true' then true else known.is_bot end as is_bot,
    authors.author_number,
    authors.team as author_team,
    coalesce(masked.masked_title, fields.title) as title,
    fields.branch,
    fields.base_branch,
    concat(';', lower(fields.labels), ';') as labels,
    coalesce(lower(fields.reverts), '') as reverts,
    coalesce(fields.reverts_numbers, '') as reverts_numbers,
    coalesce(lower(fields.commit_shas), '') as commit_shas,
    coalesce(fields.commit_authored_ats, '') as commit_authored_ats,
    fields.url
from fields
left join known on fields.author = known.login
left join staging.authors as authors on fields.author = authors.author
left join staging.masked_titles as masked on fields.title = masked.title
left join reviewed
    on fields.source = reviewed.source and fields.change_id = reviewed.change_id
left join drafts on fields.source = drafts.source and fields.change_id = drafts.change_id
left join first_commits
    on fields.source = first_commits.source and fields.change_id = first_commits.change_id
