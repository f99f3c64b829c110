-- One row per repository of a code host, under the name at which it was first seen.
--
-- grain: source, repository
--   source             Name of the source in the configuration.
--   repository         Full name at which it was first seen; it stays so whatever it is called.
--   full_name          Full name now.
--   former_names       Earlier full names, blank between; null where it never had another.
--   default_branch     Default branch; null where nothing was pushed yet.
--   is_archived        True when the host keeps it read only.
--   is_gone            True when the host lists it no more.
--   url                Page at the host.

select
    source,
    scope as repository,
    json_extract_string(payload, '$.full_name') as full_name,
    json_extract_string(payload, '$.former_names') as former_names,
    json_extract_string(payload, '$.default_branch') as default_branch,
    coalesce(json_extract_string(payload, '$.is_archived') = 'true', false) as is_archived,
    coalesce(json_extract_string(payload, '$.is_gone') = 'true', false) as is_gone,
    json_extract_string(payload, '$.url') as url
from raw.hosts__repositories
where not is_deleted
