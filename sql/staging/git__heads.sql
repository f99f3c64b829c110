-- One row per branch of a clone that is followed: the default branch.
--
-- grain: source, repository, branch
--   source             Name of the source in the configuration.
--   repository         Repository.
--   branch             Branch.
--   sha                Commit at its tip.
--   is_default         True for the default branch.

select
    source,
    scope as repository,
    record_id as branch,
    json_extract_string(payload, '$.sha') as sha,
    json_extract_string(payload, '$.is_default') = 'true' as is_default
from raw.git__heads
where not is_deleted
