-- One row per tip of a branch of a clone, the default branch left out; names of branches often
-- have names of persons in them and end here.
--
-- grain: source, repository, sha
--   source             Name of the source in the configuration.
--   repository         Repository.
--   sha                Commit at the tip.

select distinct
    source,
    scope as repository,
    json_extract_string(payload, '$.sha') as sha
from raw.git__branches
where not is_deleted
