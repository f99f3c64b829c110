-- One row per service and open branch of its repository, and one without a branch where there is
-- none; a service whose repository is no clone has none at all.
-- A branch whose tip a merged or rebased pull request had is not open any more. Of a shared
-- repository every branch is each service's.
--
-- grain: service, branch_number
--   service            Service.
--   branch_number      Number of the branch, the oldest first; 0 where there is none.
--   repository         Repository.
--   sha                Commit at its tip; null where there is none.
--   commit_count       Commits that it holds and the default branch does not.
--   first_commit_at    Author time of the earliest of them, UTC.
--   last_commit_at     Committer time of the tip, UTC.
--   first_subject      First line of the message of the earliest.
--   is_long_lived      True when the earliest is older than `long_lived_days`.

with merged_tips as (
    select distinct
        requests.repository,
        own.sha
    from facts.pull_requests as requests
    cross join unnest(string_split(requests.commit_shas, ' ')) as own (sha)
    where requests.merged_at is not null and requests.commit_shas <> ''
),

listed as (
    select distinct repository from staging.git__heads
),

open as (
    select branches.*
    from facts.open_branches as branches
    left join merged_tips
        on branches.repository = merged_tips.repository and branches.sha = merged_tips.sha
    where merged_tips.sha is null
)

select
    services.service,
    case
        when open.sha is null then 0
        else row_number() over (
            partition by services.service order by open.first_commit_at nulls last, open.sha
        )
    end as branch_number,
    services.repository,
    open.sha,
    open.commit_count,
    open.first_commit_at,
    open.last_commit_at,
    open.first_subject,
    coalesce(
        open.first_commit_at < run.as_of - settings.long_lived_days * interval 24 hour, false
    ) as is_long_lived
from facts.services as services
inner join listed on services.repository = listed.repository
cross join config.run as run
cross join config.architecture as settings
left join open on services.repository = open.repository
