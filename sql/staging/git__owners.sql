-- One row per rule of a clone's CODEOWNERS, as it is on the default branch now.
--
-- grain: source, repository, place
--   source             Name of the source in the configuration.
--   repository         Repository.
--   place              Its place in the file.
--   section            GitLab's section, lower case; empty without one.
--   pattern            Which paths it is about, as gitignore writes patterns, perhaps after a !.
--   owners             Names of teams as the file has them, blank between; empty for nobody.

select
    source,
    scope as repository,
    cast(record_id as bigint) as place,
    json_extract_string(payload, '$.section') as section,
    json_extract_string(payload, '$.pattern') as pattern,
    json_extract_string(payload, '$.owners') as owners
from raw.git__owners
where not is_deleted
