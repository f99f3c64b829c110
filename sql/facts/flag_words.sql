-- One row per feature flag and word by which the configuration can mean it: its key, its project
-- and its tags.
--
-- grain: flag_id, how, word
--   flag_id            Flag, led by its source.
--   how                key, project or tag.
--   word               The key itself, `project:` and the project, `tag:` and the tag.

with flags as (
    select
        concat(source, ':', flag_id) as flag_id,
        flag_key,
        project,
        tags
    from staging.files__flags
)

select
    flag_id,
    'key' as how,
    flag_key as word
from flags
union all
select
    flag_id,
    'project' as how,
    concat('project:', project) as word
from flags
where project is not null
union all
select distinct
    flags.flag_id,
    'tag' as how,
    concat('tag:', tag.word) as word
from flags
cross join unnest(string_split(flags.tags, ';')) as tag (word)
where tag.word <> ''
