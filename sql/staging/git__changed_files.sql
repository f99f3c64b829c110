-- One row per commit of a clone and file that a rule names: what became of it and what it tells.
--
-- grain: source, repository, sha, path
--   source             Name of the source in the configuration.
--   repository         Repository.
--   sha                Commit.
--   path               Path of the file.
--   status             A added, M changed, D deleted, T made something else.
--   topic              migration, message, topology, pipeline, or code where its content is none.
--   tool               Tool that the file is of; null for code.
--   operations         What a migration does, by names of seeds.operations; null elsewhere.
--   has_down           True with a way down; null where unknown.
--   pair               What the two files of a migration have in common; null where it is in one.
--   is_down            True for the file that takes another one back.
--   is_image_only      True when only an image moved in a manifest; null where unknown.

select
    source,
    scope as repository,
    json_extract_string(payload, '$.sha') as sha,
    json_extract_string(payload, '$.path') as path,
    json_extract_string(payload, '$.status') as status,
    json_extract_string(payload, '$.topic') as topic,
    json_extract_string(payload, '$.tool') as tool,
    json_extract_string(payload, '$.operations') as operations,
    json_extract_string(payload, '$.has_down') = 'true' as has_down,
    json_extract_string(payload, '$.pair') as pair,
    coalesce(json_extract_string(payload, '$.is_down') = 'true', false) as is_down,
    json_extract_string(payload, '$.is_image_only') = 'true' as is_image_only
from raw.git__changed_files
where not is_deleted and json_extract_string(payload, '$.path') is not null
