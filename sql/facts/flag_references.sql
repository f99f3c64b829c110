-- One row per file of a repository and feature flag whose key stands in it.
--
-- grain: repository, flag_key, path
--   repository         Repository.
--   flag_key           Key of the flag.
--   path               File.
--   commit_sha         Commit that was searched; null where unknown.
--   added_sha          First searched commit with the key, where an earlier one was searched
--                      without it; null where unknown.
--   source             Name of the source in the configuration.

select
    coalesce(repositories.repository, told.repository) as repository,
    told.flag_key,
    told.path,
    told.commit_sha,
    told.added_sha,
    told.source
from staging.files__flag_references as told
left join facts.repositories as repositories on told.repository = repositories.name
qualify row_number() over (
    partition by coalesce(repositories.repository, told.repository), told.flag_key, told.path
    order by told.source, told.repository
) = 1
