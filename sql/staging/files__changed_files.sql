-- One row per commit and file that the neutral tables tell more of than its path.
--
-- grain: source, repository, sha, path
--   source             Name of the source in the configuration.
--   repository         Repository.
--   sha                Commit.
--   path               Path of the file.
--   status             A added, M changed, D deleted, T made something else; A where not told.
--   operations         What a migration does, by names of seeds.operations; null where unknown.
--   has_down           True with a way down; null where unknown.
--   pair               What the two files of a migration have in common; null where it is in one.
--   is_down            True for the file that takes another one back.
--   is_image_only      True when only an image moved in a manifest; null where unknown.

select
    source,
    json_extract_string(payload, '$.repository') as repository,
    lower(json_extract_string(payload, '$.sha')) as sha,
    json_extract_string(payload, '$.path') as path,
    coalesce(json_extract_string(payload, '$.status'), 'A') as status,
    json_extract_string(payload, '$.operations') as operations,
    json_extract_string(payload, '$.has_down') = 'true' as has_down,
    json_extract_string(payload, '$.pair') as pair,
    coalesce(json_extract_string(payload, '$.is_down') = 'true', false) as is_down,
    json_extract_string(payload, '$.is_image_only') = 'true' as is_image_only
from raw.files__changed_files
where not is_deleted
