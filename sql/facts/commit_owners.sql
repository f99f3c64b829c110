-- One row per commit and service whose paths it touches, where services share a repository by path.
-- Elsewhere a commit belongs to every service of its repository, and has no row here.
--
-- grain: repository, sha, service
--   repository         Repository.
--   sha                Commit.
--   landed_by          Commit of the main line that brought it to the default branch; null before.
--   service            Service.

with shared_repositories as (
    select distinct repository
    from facts.services
    where path_pattern is not null
),

-- A pattern that is no literal is compiled for every row, so it meets each path once.
touched as (
    select distinct
        commits.repository,
        commits.sha,
        landings.landed_by,
        touched.path
    from facts.commits as commits
    inner join shared_repositories as shared on commits.repository = shared.repository
    left join facts.commit_landings as landings
        on commits.repository = landings.repository and commits.sha = landings.sha
    cross join unnest(commits.paths) as touched (path)
),

paths as (
    select distinct
        repository,
        path
    from touched
),

path_owners as (
    select
        paths.repository,
        paths.path,
        services.service
    from paths
    inner join facts.services as services on paths.repository = services.repository
    where regexp_matches(paths.path, services.path_pattern)
)

select distinct
    touched.repository,
    touched.sha,
    touched.landed_by,
    path_owners.service
from touched
inner join path_owners
    on touched.repository = path_owners.repository and touched.path = path_owners.path
