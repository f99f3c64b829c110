-- One row per commit and path that it changes, where paths say which service or whose it is.
--
-- grain: repository, sha, path
--   repository         Repository.
--   sha                Commit.
--   landed_by          Commit of the main line that brought it to the default branch; null before.
--   path               Changed path.

with read_repositories as (
    select distinct services.repository
    from facts.services as services
    inner join facts.rules as rules on services.service = rules.service
    where services.path_pattern is not null or rules.teams_by = 'codeowners'
)

select distinct
    commits.repository,
    commits.sha,
    landings.landed_by,
    touched.path
from facts.commits as commits
inner join read_repositories on commits.repository = read_repositories.repository
left join facts.commit_landings as landings
    on commits.repository = landings.repository and commits.sha = landings.sha
cross join unnest(commits.paths) as touched (path)
