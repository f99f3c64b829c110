-- One row per commit of a clone whose changed files were read; merges have none of their own.
--
-- grain: source, repository, sha
--   source             Name of the source in the configuration.
--   repository         Repository.
--   sha                Commit.
--   code_count         Changed files that no rule names.

select
    source,
    scope as repository,
    record_id as sha,
    cast(json_extract_string(payload, '$.code_count') as bigint) as code_count
from raw.git__changed_files
where not is_deleted and json_extract_string(payload, '$.path') is null
