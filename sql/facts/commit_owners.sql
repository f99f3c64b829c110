-- One row per commit and service whose paths it touches, where services share a repository by path.
-- Elsewhere a commit belongs to every service of its repository, and has no row here.
--
-- grain: repository, sha, service
--   repository         Repository.
--   sha                Commit.
--   landed_by          Commit of the main line that brought it to the default branch; null before.
--   service            Service.

select distinct
    touched.repository,
    touched.sha,
    touched.landed_by,
    path_services.service
from facts.touched_paths as touched
inner join facts.path_services as path_services
    on touched.repository = path_services.repository and touched.path = path_services.path
