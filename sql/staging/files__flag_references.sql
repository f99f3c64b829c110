-- One row per file of a repository and feature flag whose key stands in it.
--
-- grain: source, repository, flag_key, path
--   source             Name of the source in the configuration.
--   repository         Repository.
--   flag_key           Key of the flag.
--   path               File.
--   commit_sha         Commit that was searched; null where unknown.
--   added_sha          First searched commit with the key, where an earlier one was searched
--                      without it; null where unknown.

select
    source,
    json_extract_string(payload, '$.repository') as repository,
    json_extract_string(payload, '$.flag_key') as flag_key,
    json_extract_string(payload, '$.path') as path,
    lower(json_extract_string(payload, '$.sha')) as commit_sha,
    lower(json_extract_string(payload, '$.added_sha')) as added_sha
from raw.files__flag_references
where not is_deleted
