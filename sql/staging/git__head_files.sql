-- One row per manifest that the default branch of a clone holds.
--
-- grain: source, repository, path
--   source             Name of the source in the configuration.
--   repository         Repository.
--   path               Path of the manifest.
--   tool               Tool that it is of, by its path.

select
    source,
    scope as repository,
    record_id as path,
    json_extract_string(payload, '$.tool') as tool
from raw.git__head_files
where not is_deleted
