-- One row per rule of a repository's CODEOWNERS, of the one source that tells it, git first.
-- Of the rules of one section that hold for a path the last one says whose it is.
--
-- grain: repository, place
--   repository         Repository.
--   place              Its place in the file.
--   section            GitLab's section, lower case; empty without one.
--   pattern            Which paths it is about, as gitignore writes patterns; with ! before it they
--                      are nobody's in this section.
--   owners             Names of teams as the file has them, blank between; empty for nobody.

with told as (
    select
        1 as preference,
        *
    from staging.git__owners
    union all
    select
        2 as preference,
        *
    from staging.files__owners
),

chosen as (
    select
        repository,
        preference,
        source
    from told
    qualify row_number() over (partition by repository order by preference, source) = 1
)

select
    told.repository,
    told.place,
    told.section,
    told.pattern,
    told.owners
from told
inner join chosen
    on
        told.repository = chosen.repository
        and told.preference = chosen.preference
        and told.source = chosen.source
qualify row_number() over (
    partition by told.repository, told.place order by told.pattern, told.owners
) = 1
