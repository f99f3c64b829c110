-- One row per name that a repository has or had, for a renamed one keeps its services.
-- Where two repositories had one name, it belongs to the one that has it now.
--
-- grain: name
--   name               Name: of a code host the full one, now or earlier.
--   repository         Repository under the name by which all other tables know it.
--   default_branch     Default branch; null where unknown.
--   is_gone            True when its host lists it no more.

with names as (
    select
        full_name as name,
        repository,
        default_branch,
        is_gone,
        1 as place
    from staging.hosts__repositories
    union all
    select
        repository as name,
        repository,
        default_branch,
        is_gone,
        2 as place
    from staging.hosts__repositories
    union all
    select
        former.name,
        repositories.repository,
        repositories.default_branch,
        repositories.is_gone,
        3 as place
    from staging.hosts__repositories as repositories
    cross join unnest(string_split(repositories.former_names, ' ')) as former (name)
    where repositories.former_names <> ''
)

select
    name,
    repository,
    default_branch,
    is_gone
from names
where name is not null
qualify row_number() over (
    partition by name order by is_gone, place, repository, default_branch
) = 1
