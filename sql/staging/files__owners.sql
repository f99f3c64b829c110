-- One row per rule of CODEOWNERS told by the neutral tables.
-- Persons end here: only names such as @organisation/team are kept.
--
-- grain: source, repository, place
--   source             Name of the source in the configuration.
--   repository         Repository.
--   place              Its place in the file.
--   section            GitLab's section, lower case; empty without one.
--   pattern            Which paths it is about, as gitignore writes patterns, perhaps after a !.
--   owners             Names of teams as the file has them, blank between; empty for nobody.

with rules as (
    select
        source,
        json_extract_string(payload, '$.repository') as repository,
        cast(json_extract_string(payload, '$.line') as bigint) as place,
        json_extract_string(payload, '$.section') as section,
        json_extract_string(payload, '$.pattern') as pattern,
        json_extract_string(payload, '$.owners') as owners
    from raw.files__owners
    where not is_deleted
),

teams as (
    select
        rules.source,
        rules.repository,
        rules.place,
        string_agg(named.owner, ' ' order by named.owner) as owners
    from rules
    cross join unnest(string_split(rules.owners, ';')) as named (owner)
    where named.owner like '@_%/_%'
    group by rules.source, rules.repository, rules.place
)

select
    rules.source,
    rules.repository,
    rules.place,
    coalesce(lower(rules.section), '') as section,
    rules.pattern,
    coalesce(teams.owners, '') as owners
from rules
left join teams
    on
        rules.source = teams.source
        and rules.repository = teams.repository
        and rules.place = teams.place
