-- One row per changed path and service that has it, where services share a repository by path.
--
-- grain: repository, path, service
--   repository         Repository.
--   path               Path.
--   service            Service.

-- A pattern that is no literal is compiled for every row, so it meets each path once.
with paths as (
    select distinct
        repository,
        path
    from facts.touched_paths
)

select
    paths.repository,
    paths.path,
    services.service
from paths
inner join facts.services as services on paths.repository = services.repository
where regexp_matches(paths.path, services.path_pattern)
