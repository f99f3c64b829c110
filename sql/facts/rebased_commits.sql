-- One row per commit that belongs to a merged pull request beside those that its merge brought:
-- the commits that a rebase made of its own, which keep their author times and are committed while
-- it is open or merged, and its own as they are.
--
-- grain: repository, merge_sha, sha
--   repository         Repository.
--   merge_sha          Commit that landed the pull request.
--   sha                Commit that belongs to it.

-- To the second, as the commits' author times are.
with own_times as (
    select distinct
        requests.repository,
        requests.merge_sha,
        requests.opened_at,
        requests.merged_at,
        cast(own.authored_at as timestamptz) as authored_at
    from facts.pull_requests as requests
    cross join unnest(string_split(requests.commit_authored_ats, ' ')) as own (authored_at)
    where requests.commit_authored_ats <> '' and requests.merged_at is not null
),

-- The merge itself too: of a squash into a branch that somebody else merged, it is a commit.
own_commits as (
    select distinct
        requests.repository,
        requests.merge_sha,
        own.sha
    from facts.pull_requests as requests
    cross join
        unnest(
            string_split(concat_ws(' ', requests.merge_sha, requests.commit_shas), ' ')
        ) as own (sha)
    where requests.commit_shas <> '' and requests.merged_at is not null
)

select
    repository,
    merge_sha,
    sha
from own_commits
union
select
    commits.repository,
    own_times.merge_sha,
    commits.sha
from facts.commits as commits
inner join facts.commit_landings as landings
    on commits.repository = landings.repository and commits.sha = landings.sha
inner join own_times
    on commits.repository = own_times.repository and commits.authored_at = own_times.authored_at
where
    commits.sha = landings.landed_by
    and commits.committed_at >= own_times.opened_at
    and epoch(commits.committed_at) - epoch(own_times.merged_at) <= 300
