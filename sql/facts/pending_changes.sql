-- One row per merged change whose merge commit the repository's known commits lack.
-- Whether it is live can't be told yet, so it neither waits nor has a lead time.
--
-- grain: service, change_id
--   service            Service.
--   change_id          Change.
--   repository         Repository.
--   merge_sha          The commit that is not known.
--   merged_at          Merged, UTC.

with known_repositories as (
    select distinct repository
    from facts.commits
)

select
    changes.service,
    changes.change_id,
    changes.repository,
    changes.merge_sha,
    changes.merged_at
from facts.changes as changes
inner join known_repositories on changes.repository = known_repositories.repository
left join facts.commits as commits
    on changes.repository = commits.repository and changes.merge_sha = commits.sha
where
    changes.kind = 'pull_request'
    and changes.merged_at is not null
    and changes.merge_sha is not null
    and commits.sha is null
